"""What is announced is committed with the state, numbered without gaps, and waits in commit order."""

import asyncio
from uuid import UUID, uuid4

import pytest

from shared.events.intake import ApplicationRejected, ApplicationWithdrawn
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.errors import Invalid
from tests.conftest import OpenDatabase


def withdrawn(application_id: UUID) -> ApplicationWithdrawn:
    return ApplicationWithdrawn(application_id=application_id, reason="no-budget")


async def sequences(database: Database) -> list[tuple[str, int]]:
    async with database.reading() as connection:
        rows = await outbox.oldest(connection, 1000)
    return [(row.key, int(row.attributes["ce_subjectsequence"])) for row in rows]


async def test_what_is_announced_waits_in_the_outbox(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    case = uuid4()
    async with database.unit_of_work() as work:
        work.announce(withdrawn(case), case=case)
    async with database.reading() as connection:
        (row,) = await outbox.oldest(connection, 10)
    assert row.topic == "intake.applications"
    assert row.key == str(case)
    assert row.attributes["ce_caseid"] == str(case)
    assert database.outbox_filled.is_set()


async def test_an_event_that_no_message_can_carry_is_refused_before_it_is_stored(open_database: OpenDatabase) -> None:
    """Breaks when the size of an event is looked at by the relay only, where it would stop all that is behind it, when
    one that just fits is refused, or when anything of the unit stays.
    """
    database, case = await open_database("shared"), uuid4()
    fits = ApplicationRejected(application_id=case, codes=("a" * 80,) * 11_900)
    too_large = fits.model_copy(update={"codes": (*fits.codes, *fits.codes[:200])})

    async def announce_both() -> None:
        async with database.unit_of_work() as work:
            work.announce(fits, case=case)
            work.announce(too_large, case=case)

    with pytest.raises(Invalid, match="event-too-large"):
        await announce_both()
    assert await sequences(database) == []


async def test_nothing_is_announced_by_a_unit_that_fails(open_database: OpenDatabase) -> None:
    database = await open_database("shared")

    async def fail() -> None:
        async with database.unit_of_work() as work:
            work.announce(withdrawn(uuid4()), case=None)
            raise LookupError("the rules say no")

    with pytest.raises(LookupError):
        await fail()
    assert await sequences(database) == []


async def test_an_aggregates_events_are_numbered_from_one_across_units(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    one, other = uuid4(), uuid4()
    async with database.unit_of_work() as work:
        work.announce(withdrawn(one), case=one)
        work.announce(withdrawn(other), case=other)
        work.announce(ApplicationRejected(application_id=one, codes=()), case=one)
    async with database.unit_of_work() as work:
        work.announce(withdrawn(one), case=one)
    assert await sequences(database) == [(str(one), 1), (str(other), 1), (str(one), 2), (str(one), 3)]


async def test_units_at_once_leave_no_gap_and_no_disorder(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    cases = [uuid4() for _ in range(3)]

    async def announce(number: int) -> None:
        async with database.unit_of_work() as work:
            for case in cases if number % 2 else reversed(cases):
                work.announce(withdrawn(case), case=case)

    await asyncio.gather(*(announce(number) for number in range(40)))
    seen = await sequences(database)
    for case in cases:
        assert [number for key, number in seen if key == str(case)] == list(range(1, 41))


async def test_a_rolled_back_unit_leaves_no_gap(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    case = uuid4()

    async def announce(work: UnitOfWork, *, fail: bool) -> None:
        work.announce(withdrawn(case), case=case)
        await outbox.store(work.connection, "intake", work.announced)
        work.announced.clear()
        if fail:
            raise LookupError

    with pytest.raises(LookupError):
        async with database.unit_of_work() as work:
            await announce(work, fail=True)
    async with database.unit_of_work() as work:
        await announce(work, fail=False)
    assert await sequences(database) == [(str(case), 1)]
