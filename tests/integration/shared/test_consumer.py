"""Consumer and relay on a real Kafka: what one service announces takes effect in another, once and in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.intake import ApplicationWithdrawn
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.readiness import Readiness
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer
from shared.streaming.reactions import Reactions
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase, postgres_settings

Until = Callable[[], Awaitable[bool]]


async def until(holds: Until, seconds: float = 40) -> None:
    """Wait for something to become true, and fail if it does not."""
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.05)


@asynccontextmanager
async def running(role: Consumer | Relay) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(role.run(stopping))
    yield
    stopping.set()
    await asyncio.wait_for(task, 30)


class Hearing:
    """A database whose reaction to withdrawals writes a row, and fails as often as it is told to."""

    def __init__(self, database: Database, kafka: KafkaSettings) -> None:
        self.database = database
        self.readiness = Readiness()
        self.failures = 0
        reactions: Reactions = {ApplicationWithdrawn: self.write}
        self.consumer = Consumer(
            group=f"test-{uuid4().hex}",
            topics=("intake.applications",),
            settings=kafka,
            processor=BatchProcessor(database, reactions),
            readiness=self.readiness,
        )

    async def write(self, work: UnitOfWork, event: ApplicationWithdrawn) -> None:
        assert work.cause is not None
        await work.connection.execute(
            "INSERT INTO heard (application_id, sequence) VALUES ($1, $2)", event.application_id, work.cause.sequence
        )
        if self.failures:
            self.failures -= 1
            raise LookupError("a defect that goes away")

    async def heard(self, application_id: UUID) -> list[int]:
        rows = await self.database.pool.fetch(
            "SELECT sequence FROM heard WHERE application_id = $1 ORDER BY position", application_id
        )
        return [row[0] for row in rows]


@pytest.fixture
async def hearing(open_database: OpenDatabase, kafka: KafkaSettings) -> Hearing:
    database = await open_database("shared")
    await database.pool.execute(
        "CREATE TABLE heard (position bigint GENERATED ALWAYS AS IDENTITY, application_id uuid, sequence integer)"
    )
    return Hearing(database, kafka)


async def announce(database: Database, case: UUID, times: int) -> None:
    for _ in range(times):
        async with database.unit_of_work() as work:
            work.announce(ApplicationWithdrawn(application_id=case, reason="no-budget"), case=case)


async def relay_for(database: Database, servers: EmbeddedServers, kafka: KafkaSettings) -> Relay:
    name = await database.pool.fetchval("SELECT current_database()")
    return Relay("intake", postgres_settings(servers, name), kafka, Readiness(), database.outbox_filled)


async def test_what_is_announced_is_heard_in_order_and_leaves_the_outbox(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    await announce(announcing, case, 30)
    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):

        async def all_heard() -> bool:
            return len(await hearing.heard(case)) >= 30

        await until(all_heard)
    assert await hearing.heard(case) == list(range(1, 31))
    assert await announcing.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_a_batch_that_fails_is_tried_again_and_nothing_is_lost(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    hearing.failures = 3
    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        await announce(announcing, case, 5)

        async def all_heard() -> bool:
            return len(await hearing.heard(case)) >= 5

        await until(all_heard)
    assert await hearing.heard(case) == [1, 2, 3, 4, 5]
    assert hearing.failures == 0


async def test_a_second_relay_stands_by_and_takes_over(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    first, second = [await relay_for(announcing, servers, kafka) for _ in range(2)]

    async def standing_by(relay: Relay) -> bool:
        part = relay.readiness.parts.get("relay")
        return part is not None and part.figures.get("standby") == 1

    async def working(relay: Relay) -> bool:
        part = relay.readiness.parts.get("relay")
        return part is not None and part.figures.get("standby") == 0

    async with running(second):
        async with running(first):

            async def one_each() -> bool:
                return await standing_by(first) != await standing_by(second)

            await until(one_each)
            for relay in (first, second):
                if await standing_by(relay):
                    assert not await working(relay)
        await until(lambda: working(second))
        await announce(announcing, case, 1)

        async def sent() -> bool:
            return bool(await announcing.pool.fetchval("SELECT count(*) = 0 FROM outbox"))

        await until(sent)


async def test_a_member_with_a_name_that_hears_one_more_topic_gets_its_partitions(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    member = replace(hearing.consumer, instance_id="test-1", session=6.0, topics=("exchange.exchanges",))

    async def assigned() -> bool:
        return hearing.readiness.is_ready

    async with running(member):
        await until(assigned)
    await announce(announcing, case, 1)
    more = replace(member, topics=("exchange.exchanges", "intake.applications"), readiness=Readiness())
    async with running(await relay_for(announcing, servers, kafka)), running(more):

        async def heard() -> bool:
            return await hearing.heard(case) == [1]

        await until(heard)


async def test_a_consumer_without_a_broker_is_not_ready_and_stops_when_asked(hearing: Hearing) -> None:
    hearing.consumer.settings = KafkaSettings(bootstrap="127.0.0.1:9")
    async with running(hearing.consumer):

        async def says_so() -> bool:
            part = hearing.readiness.parts.get("react")
            return part is not None and "can't be reached" in part.reason

        await until(says_so)
    assert not hearing.readiness.is_ready
