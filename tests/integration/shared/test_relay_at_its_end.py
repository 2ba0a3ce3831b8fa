"""A relay that is asked to end while Kafka does not answer."""

import asyncio

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.primitives.readiness import Readiness
from shared.streaming import relay as room
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
from tests.conftest import OpenDatabase, postgres_settings


async def test_an_end_that_could_not_wait_is_no_failure(
    open_database: OpenDatabase, servers: EmbeddedServers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when the end of the patience for the work in hand counts as one more failure, and as a reason to wait."""
    monkeypatch.setattr(room, "GRACE", 0.1)
    name = await (await open_database("shared")).pool.fetchval("SELECT current_database()")
    asked, stopping = asyncio.Event(), asyncio.Event()

    async def never_answers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    async with await asyncio.start_server(never_answers, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        readiness = Readiness()
        relay = Relay(
            "hushed", postgres_settings(servers, name), KafkaSettings(bootstrap=f"127.0.0.1:{port}"), readiness
        )
        running = asyncio.create_task(relay.run(stopping))
        await asyncio.wait_for(asked.wait(), 20)
        stopping.set()
        await asyncio.wait_for(running, 20)
    assert readiness.parts["relay"].reason == "starting"
    failures = {"service": "hushed", "error": "TimeoutError"}
    assert metrics.REGISTRY.get_sample_value("connect_relay_failures_total", failures) is None
