"""Roles of monitor as processes of their own: what one of them counts and sees, the other shows."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from shared.streaming.settings import KafkaSettings
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.e2e.monitor.conftest import Console

pytestmark = pytest.mark.servers
SOON = 60.0


async def page_shows(client: httpx.AsyncClient, path: str, wanted: Callable[[str], bool]) -> str:
    """Load the page until it shows what is wanted; fails with the last one."""
    until = time.monotonic() + SOON
    while True:
        text = (await client.get(path, follow_redirects=True)).text
        if wanted(text):
            return text
        assert time.monotonic() < until, text
        await asyncio.sleep(0.2)


async def test_the_page_of_one_process_shows_what_another_counts_records_and_sees(
    console: Console, kafka: KafkaSettings
) -> None:
    case = ACase(reference="CN-2031-4711", begins=datetime.now(UTC) - timedelta(minutes=5))
    events = [case.says(case.submitted()), case.says(case.admitted(), after=timedelta(seconds=100))]
    letter = a_dead_letter(events[0])
    async with console.process("http") as pages, console.process("react") as reacting:
        async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap) as producer:
            for event in (*events, reported(letter, time=datetime.now(UTC))):
                await producer.send_and_wait(
                    event.entry.topic, event.value(), key=event.subject.encode(), headers=list(event.headers())
                )
        # Sought, since the latest cases on the page may be those of other tests: the broker is everybody's.
        found = "/cases?find=CN-2031-4711"
        await page_shows(pages, found, lambda text: "in review" in text and "1 min 40 s" in text)
        await page_shows(pages, f"/dead-letters/{letter.dead_letter_id}", lambda text: letter.detail in text)
        await page_shows(pages, "/", lambda text: "counting" in text and "<td>ApplicationAdmitted</td>" in text)
        await page_shows(pages, "/services", lambda text: "intake" in text and "can&#39;t be reached" in text)
        await page_shows(pages, "/", lambda text: '<th scope="row">matching</th><td><code>intake.applications' in text)
        assert counts((await reacting.get("/health/ready")).json())
        assert (await pages.get("/v1/streams")).status_code == 401
        assert (await reacting.get("/")).status_code == 404


async def test_all_roles_in_one_process_end_in_order(console: Console, kafka: KafkaSettings) -> None:
    async with console.process("all") as client:
        await page_shows(client, "/health/ready", lambda text: counts(json.loads(text)))
        assert kafka.bootstrap not in (await client.get("/")).text


def counts(health: Mapping[str, Any]) -> bool:
    return bool(health["roles"]["statistics"]["figures"].get("counting") == 1)


def test_a_wrong_setting_of_its_own_is_told_in_one_sentence() -> None:
    env = os.environ | {"CONNECT_POSTGRES_PASSWORD": "x", "CONNECT_MONITOR_QUIET_DAYS": "soon"}
    command = [sys.executable, "-m", "services.monitor", "http"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, timeout=SOON, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("monitor: CONNECT_MONITOR_QUIET_DAYS can't be used: ")
    assert ended.stderr.count("\n") == 1
