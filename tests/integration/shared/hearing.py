"""A service that hears withdrawals on a real Kafka, and another one that announces them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID, uuid4

from deploy.embedded.testing import EmbeddedServers
from shared.events.intake import ApplicationWithdrawn
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import wait_for
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer
from shared.streaming.reactions import Reactions
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from tests.conftest import postgres_settings

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
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(task, 30)


class Hearing:
    """A database whose reaction to withdrawals writes a row, and fails as often as it is told to."""

    def __init__(self, database: Database, kafka: KafkaSettings) -> None:
        self.database = database
        self.readiness = Readiness()
        self.failures = 0
        self.defective: UUID | None = None  # no event about it can be used, from this one on
        self.defective_from = 1
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
        if event.application_id == self.defective and work.cause.sequence >= self.defective_from:
            self.has_failed = True
            raise LookupError("a defect in one place")
        if self.has_failed and self.defective:
            self.said_beside.append(self.readiness.parts["react"].reason)

    async def heard(self, application_id: UUID) -> list[int]:
        rows = await self.database.pool.fetch(
            "SELECT sequence FROM heard WHERE application_id = $1 ORDER BY position", application_id
        )
        return [row[0] for row in rows]


async def announce(database: Database, case: UUID, times: int) -> None:
    for _ in range(times):
        async with database.unit_of_work() as work:
            work.announce(ApplicationWithdrawn(application_id=case, reason="no-budget"), case=case)


async def until_sent(announcing: Database) -> None:
    """Wait until all that was announced is acknowledged by Kafka."""

    async def sent() -> bool:
        return bool(await announcing.pool.fetchval("SELECT count(*) = 0 FROM outbox"))

    await until(sent)


async def relay_for(database: Database, servers: EmbeddedServers, kafka: KafkaSettings) -> Relay:
    name = await database.pool.fetchval("SELECT current_database()")
    return Relay("intake", postgres_settings(servers, name), kafka, Readiness(), database.outbox_filled)


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
