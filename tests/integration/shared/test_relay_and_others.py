"""A relay is woken by its own process, and looks by itself for what others announce."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.intake import ApplicationWithdrawn
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness
from shared.streaming import relay as room
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase, postgres_settings

NEVER = 3600.0


@asynccontextmanager
async def relaying(database: Database, servers: EmbeddedServers, kafka: KafkaSettings) -> AsyncIterator[None]:
    """A relay of this process, which whoever works with `database` wakes."""
    name = await database.pool.fetchval("SELECT current_database()")
    stopping = asyncio.Event()
    relay = Relay("shared", postgres_settings(servers, name), kafka, Readiness(), database.outbox_filled)
    running = asyncio.create_task(relay.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(running, 20)


async def announce_and_see_it_go(database: Database) -> None:
    case = uuid4()
    async with database.unit_of_work() as work:
        work.announce(ApplicationWithdrawn(application_id=case, reason="no-budget"), case=case)
    async with asyncio.timeout(20):
        while True:
            async with database.reading() as connection:
                if not await outbox.oldest(connection, 1):
                    return
            await asyncio.sleep(0.01)


async def test_a_process_wakes_its_relay(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database("shared")
    async with relaying(database, servers, kafka):
        await announce_and_see_it_go(database)
        monkeypatch.setattr(room, "ALONE_POLL", NEVER)
        for _ in range(3):
            await announce_and_see_it_go(database)


async def test_a_relay_that_has_found_what_another_process_announced_looks_often_from_then_on(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = await open_database("shared")
    another = replace(database, outbox_filled=asyncio.Event())
    async with relaying(database, servers, kafka):
        await announce_and_see_it_go(database)
        await announce_and_see_it_go(another)
        monkeypatch.setattr(room, "ALONE_POLL", NEVER)
        for _ in range(3):
            await announce_and_see_it_go(another)
