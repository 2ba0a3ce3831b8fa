"""A service that writes what it hears into a table, and refuses what it is told to."""

from uuid import UUID

from shared.events.intake import ApplicationRejected, ApplicationWithdrawn
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.errors import Rejected
from shared.primitives.terms import Role
from shared.streaming import dead_letters, settlement
from shared.streaming.batch import BatchProcessor, DeadLetterLimit
from shared.streaming.settlement import Settle
from tests.conftest import OpenDatabase

OPERATOR = Actor("operator-1", frozenset({Role.OPERATOR}))


class Ledger:
    """A reaction that writes what it was given into a table, and refuses what it was told to."""

    def __init__(self, database: Database, *, limit: DeadLetterLimit) -> None:
        self.database = database
        self.refused: set[UUID] = set()
        self.processor = BatchProcessor(database, {ApplicationWithdrawn: self.write}, limit)

    async def write(self, work: UnitOfWork, event: ApplicationWithdrawn) -> None:
        assert work.cause is not None
        await work.connection.execute(
            "INSERT INTO ledger (event_id, application_id, sequence, reason) VALUES ($1, $2, $3, $4)",
            work.cause.id,
            event.application_id,
            work.cause.sequence,
            event.reason,
        )
        work.announce(ApplicationRejected(application_id=event.application_id, codes=()), case=None)
        if event.application_id in self.refused:
            raise Rejected("told-so", "the test wants it")

    async def rows(self) -> list[tuple[UUID, int]]:
        async with self.database.reading() as connection:
            rows = await connection.fetch("SELECT application_id, sequence FROM ledger ORDER BY position")
        return [(row[0], row[1]) for row in rows]

    async def announced(self) -> list[str]:
        async with self.database.reading() as connection:
            return [row.topic for row in await outbox.oldest(connection, 1000)]

    async def letters(self, state: str) -> list[UUID]:
        async with self.database.reading() as connection:
            return [row["id"] for row in await dead_letters.listed(connection, state=state, limit=100)]


async def a_ledger(open_database: OpenDatabase, *, at_most: int = 100) -> Ledger:
    database = await open_database("shared")
    await database.pool.execute(
        """
        CREATE TABLE ledger (position bigint GENERATED ALWAYS AS IDENTITY, event_id uuid UNIQUE,
                             application_id uuid, sequence integer, reason text CHECK (reason <> 'forbidden'))
        """
    )
    return Ledger(database, limit=DeadLetterLimit(count=at_most))


def withdrawn(application_id: UUID, reason: str = "no-budget") -> ApplicationWithdrawn:
    return ApplicationWithdrawn(application_id=application_id, reason=reason)


async def replay(ledger: Ledger, letter_id: UUID) -> settlement.Settled:
    async with ledger.database.unit_of_work(OPERATOR) as work:
        return await settlement.replay(work, ledger.processor.reactions, Settle(letter_id, "mended"))
