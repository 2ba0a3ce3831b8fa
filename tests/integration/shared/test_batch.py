"""A batch of messages has its effects exactly once, whatever is in it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.events.envelope import Envelope
from shared.events.intake import ApplicationAdmitted, ApplicationRejected, ApplicationWithdrawn
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.errors import Rejected
from shared.primitives.terms import Role
from shared.streaming import dead_letters, settlement
from shared.streaming.batch import BatchProcessor, DeadLetterLimit, TooManyDeadLetters
from shared.streaming.reactions import Batched, Reactions
from shared.streaming.settlement import Settle
from tests.conftest import OpenDatabase
from tests.integration.shared.arriving import Arriving

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


async def test_a_second_delivery_has_no_second_effect(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    batch = [arriving.message(withdrawn(case)), arriving.message(withdrawn(case))]
    await ledger.processor.process(batch)
    await ledger.processor.process(batch)
    assert await ledger.rows() == [(case, 1), (case, 2)]
    assert len(await ledger.announced()) == 2


async def test_a_duplicate_within_one_batch_has_one_effect(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    message = arriving.message(withdrawn(case))
    await ledger.processor.process([message, message._replace(offset=99)])
    assert await ledger.rows() == [(case, 1)]


async def test_known_events_without_a_reaction_are_passed_over(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database), Arriving()
    await ledger.processor.process([arriving.message(ApplicationAdmitted(application_id=uuid4(), rules_version="1"))])
    assert await ledger.letters("dead") == []


async def test_one_refused_event_costs_the_batch_nothing_else(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database), Arriving()
    good, bad, other = uuid4(), uuid4(), uuid4()
    ledger.refused.add(bad)
    await ledger.processor.process([arriving.message(withdrawn(case)) for case in (good, bad, other)])
    assert await ledger.rows() == [(good, 1), (other, 1)]
    assert sorted(await ledger.announced()) == ["connect.dead-letters", "intake.applications", "intake.applications"]
    assert len(await ledger.letters("dead")) == 1


async def test_a_constraint_makes_a_dead_letter_of_its_event_alone(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database), Arriving()
    good, bad = uuid4(), uuid4()
    await ledger.processor.process([arriving.message(withdrawn(bad, "forbidden")), arriving.message(withdrawn(good))])
    assert await ledger.rows() == [(good, 1)]
    async with ledger.database.reading() as connection:
        (letter,) = await dead_letters.listed(connection, state="dead", limit=10)
    assert letter["reason"] == "constraint"
    assert "ledger_reason_check" in letter["detail"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ({"value": b"{not json"}, "unreadable"),
        ({"value": b"[]"}, "unreadable"),
        ({"value": None}, "unreadable"),
        ({"headers": ()}, "unreadable"),
        ({"value": b"\xff\xfe\x00"}, "unreadable"),
        ({"headers": (("ce_type", b"connect.intake.ApplicationWithdrawn.v9"),)}, "unknown-version"),
    ],
)
async def test_what_can_not_be_read_is_kept_with_its_bytes(
    open_database: OpenDatabase, damage: dict[str, Any], reason: str
) -> None:
    ledger, arriving, good = await a_ledger(open_database), Arriving(), uuid4()
    message = arriving.message(withdrawn(uuid4()))
    if reason == "unknown-version":
        others = tuple(pair for pair in message.headers if pair[0] != "ce_type")
        damage = {"headers": (*others, ("ce_type", b"connect.intake.ApplicationWithdrawn.v9"))}
    broken = message._replace(**damage)
    await ledger.processor.process([broken, arriving.message(withdrawn(good))])
    await ledger.processor.process([broken])
    assert await ledger.rows() == [(good, 1)]
    (letter_id,) = await ledger.letters("dead")
    async with ledger.database.reading() as connection:
        letter = await dead_letters.show(connection, letter_id)
    assert letter is not None
    assert (letter["reason"], letter["value"], letter["offset"]) == (reason, broken.value, broken.offset)


async def test_later_events_of_a_refused_key_wait_and_others_flow(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database), Arriving()
    stuck, free = uuid4(), uuid4()
    ledger.refused.add(stuck)
    await ledger.processor.process([arriving.message(withdrawn(case)) for case in (stuck, stuck, free)])
    ledger.refused.clear()
    await ledger.processor.process([arriving.message(withdrawn(case)) for case in (stuck, free)])
    assert await ledger.rows() == [(free, 1), (free, 2)]
    assert len(await ledger.letters("waiting")) == 2


async def replay(ledger: Ledger, letter_id: UUID) -> settlement.Settled:
    async with ledger.database.unit_of_work(OPERATOR) as work:
        return await settlement.replay(work, ledger.processor.reactions, Settle(letter_id, "mended"))


async def test_whoever_waits_for_anothers_claim_sees_the_key_that_it_parked(open_database: OpenDatabase) -> None:
    """Two members hold the same messages for a moment; the first is about to commit a dead letter."""
    ledger, arriving, (bad, slow) = await a_ledger(open_database), Arriving(), (uuid4(), uuid4())
    ledger.refused.add(bad)
    first, beside, later = [arriving.message(withdrawn(case)) for case in (bad, slow, bad)]
    at_work, may_end = asyncio.Event(), asyncio.Event()

    async def write_slowly(work: UnitOfWork, event: ApplicationWithdrawn) -> None:
        if event.application_id == slow:
            at_work.set()
            await may_end.wait()
        await ledger.write(work, event)

    slowly = BatchProcessor(ledger.database, {ApplicationWithdrawn: write_slowly})
    async with asyncio.timeout(20), asyncio.TaskGroup() as both:
        both.create_task(slowly.process([first, beside]))
        await at_work.wait()
        ledger.refused.clear()
        both.create_task(ledger.processor.process([first, later]))
        await until_one_waits(ledger.database)
        may_end.set()
    assert await ledger.rows() == [(slow, 1)]
    assert len(await ledger.letters("waiting")) == 1


async def until_one_waits(database: Database) -> None:
    """Until a transaction waits for what another has claimed."""
    waiting = """
        SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                       WHERE NOT l.granted AND a.datname = current_database())
        """
    async with database.reading() as connection:
        while not await connection.fetchval(waiting):
            await asyncio.sleep(0.01)


async def test_replay_keeps_order_and_frees_the_key(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    ledger.refused.add(case)
    await ledger.processor.process([arriving.message(withdrawn(case)) for _ in range(3)])
    ledger.refused.clear()
    (letter_id,) = await ledger.letters("dead")
    assert (await replay(ledger, letter_id)).handled == 3
    await ledger.processor.process([arriving.message(withdrawn(case))])
    assert await ledger.rows() == [(case, 1), (case, 2), (case, 3), (case, 4)]


async def test_a_replay_that_fails_again_keeps_the_queue(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    ledger.refused.add(case)
    await ledger.processor.process([arriving.message(withdrawn(case)) for _ in range(2)])
    (letter_id,) = await ledger.letters("dead")
    assert await replay(ledger, letter_id) == settlement.Settled(0, letter_id)
    assert await ledger.rows() == []
    assert len(await ledger.letters("waiting")) == 1


async def test_discarding_lets_the_next_in_line_go_on(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    bad = arriving.message(withdrawn(case, "forbidden"))
    await ledger.processor.process([bad, arriving.message(withdrawn(case))])
    (letter_id,) = await ledger.letters("dead")
    async with ledger.database.unit_of_work(OPERATOR) as work:
        await settlement.discard(work, ledger.processor.reactions, Settle(letter_id, "written by mistake"))
    assert await ledger.rows() == [(case, 2)]
    assert await ledger.letters("discarded") == [letter_id]


async def unreadable_copies(ledger: Ledger, case: UUID) -> list[UUID]:
    """An event, the next of its key, and the first one again, of which this release can read the second only."""
    arriving = Arriving()
    first, second = arriving.message(withdrawn(case)), arriving.message(withdrawn(case))
    copies = [first, second, first._replace(offset=99)]
    await ledger.processor.process([copy._replace(value=b"later") if copy is not second else copy for copy in copies])
    assert await ledger.rows() == []
    # A later release can read them: for this one, they become readable.
    await ledger.database.pool.execute("UPDATE dead_letters SET value = $1 WHERE value = 'later'", first.value)
    return await ledger.letters("dead")


@pytest.mark.parametrize("noted", [True, False])
async def test_copies_that_a_later_release_can_read_take_effect_once(open_database: OpenDatabase, noted: bool) -> None:
    """Breaks when a letter that was claimed by its place does not claim its event before it is tried again, also where
    a release before this one has stored it and noted nothing of claims.
    """
    ledger, case = await a_ledger(open_database), uuid4()
    (letter_id,) = await unreadable_copies(ledger, case)
    if not noted:
        await ledger.database.pool.execute("UPDATE dead_letters SET event_claimed = NULL WHERE state = 'dead'")
    assert (await replay(ledger, letter_id)).blocked_by is None
    assert await ledger.rows() == [(case, 1), (case, 2)]


async def test_a_copy_that_came_readable_gives_way_to_the_first(open_database: OpenDatabase) -> None:
    """Breaks when the first copy, whose place counts, is passed over because a later one has the claim."""
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    first, second = arriving.message(withdrawn(case)), arriving.message(withdrawn(case))
    await ledger.processor.process([first._replace(value=b"later"), second, first._replace(offset=99)])
    await ledger.database.pool.execute("UPDATE dead_letters SET value = $1 WHERE value = 'later'", first.value)
    (letter_id,) = await ledger.letters("dead")
    assert (await replay(ledger, letter_id)).blocked_by is None
    assert await ledger.rows() == [(case, 1), (case, 2)]


async def test_copies_of_what_is_discarded_are_given_up_with_it(open_database: OpenDatabase) -> None:
    """Breaks when a copy of an event that an operator has given up takes effect behind it."""
    ledger, case = await a_ledger(open_database), uuid4()
    (letter_id,) = await unreadable_copies(ledger, case)
    async with ledger.database.unit_of_work(OPERATOR) as work:
        await settlement.discard(work, ledger.processor.reactions, Settle(letter_id, "withdrawn by mistake"))
    assert await ledger.rows() == [(case, 2)]


async def test_an_unexpected_error_leaves_everything_undone(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()

    async def fail(work: UnitOfWork, event: ApplicationWithdrawn) -> None:
        await ledger.write(work, event)
        raise KeyError("a defect")

    processor = BatchProcessor(ledger.database, {ApplicationWithdrawn: fail})
    batch = [arriving.message(withdrawn(case))]
    with pytest.raises(KeyError):
        await processor.process(batch)
    assert await ledger.rows() == []
    await ledger.processor.process(batch)
    assert await ledger.rows() == [(case, 1)]


async def test_too_many_dead_letters_halt_with_nothing_acknowledged(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database, at_most=2), Arriving()
    cases = [uuid4() for _ in range(3)]
    ledger.refused.update(cases)
    with pytest.raises(TooManyDeadLetters):
        await ledger.processor.process([arriving.message(withdrawn(case)) for case in cases])
    assert await ledger.letters("dead") == []


async def test_a_batched_reaction_gets_consecutive_events_at_once(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    taken: list[int] = []

    async def take(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
        taken.append(len(envelopes))

    reactions: Reactions = {ApplicationWithdrawn: Batched(take), ApplicationRejected: _nothing}
    processor = BatchProcessor(ledger.database, reactions)
    rejected = ApplicationRejected(application_id=case, codes=())
    events = [withdrawn(case), withdrawn(case), rejected, withdrawn(case)]
    await processor.process([arriving.message(event) for event in events])
    assert taken == [2, 1]


async def _nothing(work: UnitOfWork, event: ApplicationRejected) -> None:
    return None
