"""A batch of messages has its effects exactly once, whatever is in it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from shared.events.envelope import Envelope
from shared.events.intake import ApplicationAdmitted, ApplicationRejected, ApplicationWithdrawn
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.streaming import dead_letters
from shared.streaming.batch import BatchProcessor, TooManyDeadLetters
from shared.streaming.reactions import Batched, Reactions
from tests.conftest import OpenDatabase
from tests.integration.shared.arriving import Arriving
from tests.integration.shared.ledger import a_ledger, withdrawn


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
