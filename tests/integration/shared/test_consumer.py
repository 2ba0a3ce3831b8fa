"""Consumer and relay on a real Kafka: what one service announces takes effect in another, once and in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.intake import ApplicationWithdrawn
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import wait_for
from shared.streaming import consumer
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer, StuckBatch
from shared.streaming.reactions import Reactions
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
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
        self.defective: UUID | None = None  # no event about it can be used
        self.has_failed = False
        self.said_beside: list[str] = []  # what readiness says, once that has failed, while other events are heard
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
        if event.application_id == self.defective:
            self.has_failed = True
            raise LookupError("a defect in one place")
        if self.has_failed and self.defective:
            self.said_beside.append(self.readiness.parts["react"].reason)

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


@asynccontextmanager
async def flowing(database: Database, cases: Sequence[UUID]) -> AsyncIterator[None]:
    """Announcements about all of them, one round after the other, for as long as the block lasts."""
    silent = asyncio.Event()

    async def flow() -> None:
        while not await wait_for(silent, 0.01):
            for case in cases:
                await announce(database, case, 1)

    async with asyncio.TaskGroup() as group:
        group.create_task(flow())
        try:
            yield
        finally:
            silent.set()


async def test_what_flows_elsewhere_does_not_hide_a_partition_that_fails(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    """Breaks when a success in another partition ends the failure: ready again, and tried again ten times a second."""
    announcing, cases = await open_database("shared"), [uuid4() for _ in range(12)]  # on more than one partition
    hearing.defective = mended = uuid4()
    names = ("connect_consumer_backoff_seconds", {"service": hearing.consumer.group})

    async def later_and_later() -> bool:
        assert set(hearing.said_beside) <= {"LookupError: the batch is tried again"}
        return (metrics.REGISTRY.get_sample_value(*names) or 0) > 0.8

    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        async with flowing(announcing, cases):
            await announce(announcing, mended, 3)
            await until(later_and_later)
            assert hearing.said_beside
        hearing.defective = None

        async def all_heard() -> bool:
            return await hearing.heard(mended) == [1, 2, 3] and hearing.readiness.is_ready

        await until(all_heard)


async def test_a_partition_that_fails_for_long_ends_the_process_whatever_flows_elsewhere(
    open_database: OpenDatabase,
    servers: EmbeddedServers,
    kafka: KafkaSettings,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Breaks when the time of failing begins anew with every success elsewhere."""
    monkeypatch.setattr(consumer, "GIVE_UP_AFTER", 2.0)
    announcing, cases = await open_database("shared"), [uuid4() for _ in range(12)]
    hearing.defective = uuid4()
    async with running(await relay_for(announcing, servers, kafka)), flowing(announcing, cases):
        await announce(announcing, hearing.defective, 1)
        with pytest.raises(StuckBatch):
            await asyncio.wait_for(hearing.consumer.run(asyncio.Event()), 30)


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
