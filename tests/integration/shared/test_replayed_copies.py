"""A message that a later release can read is replayed: its event takes effect once, however many copies there are."""

from uuid import UUID, uuid4

from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.batch import BatchProcessor
from shared.streaming.message import Message
from shared.streaming.reactions import Reactions
from shared.streaming.settlement import Settle
from tests.conftest import OpenDatabase
from tests.integration.shared.arriving import Arriving
from tests.upgrade.releases import ApplicationWithdrawnV2, knowing_both

OPERATOR = Actor("operator-1", frozenset({Role.OPERATOR}))


async def write(work: UnitOfWork, event: ApplicationWithdrawnV2) -> None:
    await work.connection.execute("INSERT INTO ledger (application_id) VALUES ($1)", event.application_id)


REACTIONS: Reactions = {ApplicationWithdrawnV2: write}


async def a_ledger(open_database: OpenDatabase) -> tuple[Database, BatchProcessor]:
    database = await open_database("shared")
    await database.pool.execute("CREATE TABLE ledger (application_id uuid)")
    return database, BatchProcessor(database, REACTIONS)


def two_copies(one: UUID) -> tuple[Message, Message]:
    """The same event of a later version, as a relay that was killed sends it twice."""
    with knowing_both():
        message = Arriving().message(ApplicationWithdrawnV2(application_id=one, reasons=("no-budget",)))
    return message, message._replace(offset=message.offset + 1)


async def replay_the_dead_one(database: Database) -> None:
    letter_id = await database.pool.fetchval("SELECT id FROM dead_letters WHERE state = 'dead'")
    with knowing_both():
        async with database.unit_of_work(OPERATOR) as work:
            await settlement.replay(work, REACTIONS, Settle(letter_id, "now it is known"))


async def took_effect_once(database: Database, one: UUID) -> None:
    assert [row[0] for row in await database.pool.fetch("SELECT application_id FROM ledger")] == [one]
    assert not await database.pool.fetchval("SELECT count(*) FROM dead_letters WHERE state IN ('dead', 'waiting')")
    assert not await database.pool.fetchval("SELECT count(*) FROM parked_keys")


async def test_copies_that_nobody_could_read_take_effect_once_when_they_are_replayed(
    open_database: OpenDatabase,
) -> None:
    """Breaks when a replay does not claim the event's id: both copies were claimed by their places."""
    (database, processor), one = await a_ledger(open_database), uuid4()
    await processor.process(two_copies(one))
    await replay_the_dead_one(database)
    await took_effect_once(database, one)


async def test_a_copy_that_comes_when_it_can_be_read_takes_effect_in_place_of_the_one_before(
    open_database: OpenDatabase,
) -> None:
    """Breaks when the copy that waits loses its claim to the one that is replayed, or when both take effect."""
    (database, processor), one = await a_ledger(open_database), uuid4()
    first, second = two_copies(one)
    await processor.process([first])
    with knowing_both():
        await processor.process([second])
    await replay_the_dead_one(database)
    await took_effect_once(database, one)


async def test_a_copy_that_comes_after_the_replay_is_a_duplicate(open_database: OpenDatabase) -> None:
    """Breaks when what was replayed leaves no trace in the inbox."""
    (database, processor), one = await a_ledger(open_database), uuid4()
    first, second = two_copies(one)
    await processor.process([first])
    await replay_the_dead_one(database)
    with knowing_both():
        await processor.process([second])
    await took_effect_once(database, one)
