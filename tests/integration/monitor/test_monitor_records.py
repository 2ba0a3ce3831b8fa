"""What monitor hears is kept once: timelines of cases, and the dead letters of all services."""

import asyncio
from datetime import date, timedelta

import pytest

from services.monitor import queries, storage
from services.monitor.rules.cases import follow
from shared.events.dead_letters import DeadLetterSettled, EventDeadLettered
from shared.primitives.actor import Actor
from shared.primitives.errors import Forbidden, NotFound
from shared.primitives.ids import new_id
from shared.primitives.terms import Role
from tests.builders.monitor import BEGINNING, DAY, ACase, a_dead_letter, reported
from tests.integration.monitor.conftest import OPERATOR, PATIENCE, Console

pytestmark = pytest.mark.servers
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 3)


async def timeline_of(console: Console, case: ACase) -> list[tuple[str, int, float]]:
    async with console.database.reading() as connection:
        view = await queries.timeline(connection, OPERATOR, case.case_id, now=console.clock(), patience=PATIENCE)
    return [(event.name, event.sequence, event.seconds) for event in view.events]


def settled(letter: EventDeadLettered) -> DeadLetterSettled:
    return DeadLetterSettled(
        dead_letter_id=letter.dead_letter_id,
        service=letter.service,
        outcome="replayed",
        by="operator-1",
        why="the offer is there now",
        at=BEGINNING + timedelta(hours=2),
    )


async def letters(console: Console) -> list[tuple[str, str, str | None]]:
    async with console.database.reading() as connection:
        found = await queries.dead_letters(connection, OPERATOR)
    return [(letter.service, letter.state, letter.settled_by) for letter in found]


async def test_the_events_of_a_case_become_its_timeline(console: Console) -> None:
    case = ACase()
    await console.hears(case.says(case.submitted()), case.says(case.admitted(), after=timedelta(seconds=30)))
    await console.hears(case.says(case.proposed(FIRST), after=timedelta(hours=1)))
    assert await timeline_of(console, case) == [
        ("ApplicationSubmitted", 1, 0.0),
        ("ApplicationAdmitted", 2, 30.0),
        ("MatchProposed", 1, 3630.0),
    ]


async def test_an_event_that_is_delivered_again_is_kept_once(console: Console) -> None:
    case = ACase()
    submitted, admitted = case.says(case.submitted()), case.says(case.admitted())
    await console.hears(submitted, submitted, admitted)
    await console.hears(admitted, submitted)
    assert [name for name, _, _ in await timeline_of(console, case)] == ["ApplicationSubmitted", "ApplicationAdmitted"]
    async with console.database.reading() as connection:
        assert await connection.fetchval("SELECT events FROM cases") == 2


async def test_topics_that_come_in_the_wrong_order_end_in_the_same_state(console: Console) -> None:
    case = ACase()
    events = [case.says(case.submitted()), case.says(case.proposed(FIRST)), case.says(case.planned(FIRST, LAST))]
    for event in reversed(events):
        await console.hears(event)
    async with console.database.reading() as connection:
        (view,) = await queries.recent_cases(connection, OPERATOR, now=console.clock(), patience=PATIENCE)
    assert (view.reference, view.state, view.waits_for) == ("CN-2026-0007", "exchange planned", "a coordinator")
    assert (view.first_at, view.last_at) == (events[0].time, events[2].time)


async def test_of_two_consumers_with_events_of_one_case_the_second_goes_on_from_what_the_first_has_saved(
    console: Console,
) -> None:
    case = ACase()
    await console.hears(case.says(case.submitted()))
    first, second = case.says(case.proposed(FIRST)), case.says(case.planned(FIRST, LAST))
    async with console.database.unit_of_work() as work:
        known = await storage.lock_cases(work.connection, [case.case_id])
        other = asyncio.create_task(console.hears(second))
        while not other.done() and not await somebody_waits(console):
            await asyncio.sleep(0.01)
        assert not other.done()
        await storage.save_cases(work.connection, [follow(known[case.case_id], first)])
    await other
    async with console.database.reading() as connection:
        row = await connection.fetchrow("SELECT events, parts FROM cases")
    assert row is not None
    assert (row["events"], len(row["parts"])) == (3, 3)


async def somebody_waits(console: Console) -> bool:
    """Whether a transaction on this database waits for a lock of another."""
    async with console.database.reading() as connection:
        waiting: bool = await connection.fetchval(
            "SELECT exists (SELECT FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE NOT granted AND datname = current_database())"
        )
    return waiting


async def test_a_case_that_waits_too_long_is_listed_as_stuck_the_quietest_first(console: Console) -> None:
    quiet, quieter, closed, waits = (ACase(f"CN-2026-{number:04}") for number in range(4))
    await console.hears(
        quieter.says(quieter.submitted()), closed.says(closed.submitted()), closed.says(closed.closed())
    )
    await console.hears(quiet.says(quiet.submitted(), after=DAY), waits.says(waits.planned(FIRST, LAST)))
    console.clock.now = BEGINNING + 16 * DAY
    async with console.database.reading() as connection:
        found = await queries.stuck_cases(connection, OPERATOR, now=console.clock(), patience=PATIENCE)
        recent = await queries.recent_cases(connection, OPERATOR, now=console.clock(), patience=PATIENCE)
    assert [case.reference for case in found] == [quieter.reference, quiet.reference]
    assert {case.case_id for case in recent if case.stuck} == {quiet.case_id, quieter.case_id}


async def test_facts_outside_any_case_are_kept_without_one(console: Console) -> None:
    await console.hears(reported(a_dead_letter(ACase().says(ACase().admitted()))))
    async with console.database.reading() as connection:
        assert await connection.fetchval("SELECT count(*) FROM events WHERE case_id IS NULL") == 1
        assert await connection.fetchval("SELECT count(*) FROM cases") == 0


async def test_a_dead_letter_is_listed_with_origin_and_reason_and_leads_to_its_case(console: Console) -> None:
    case = ACase()
    refused = case.says(case.proposed(FIRST))
    letter = a_dead_letter(refused)
    await console.hears(refused, reported(letter))
    async with console.database.reading() as connection:
        view = await queries.dead_letter(connection, OPERATOR, letter.dead_letter_id)
    assert (view.service, view.state, view.reason, view.detail) == ("matching", "dead", "rejected", letter.detail)
    assert (view.origin_topic, view.origin_partition, view.origin_offset) == ("matching.proposals", 3, 17)
    assert (view.event_id, view.case_id, view.reported_at) == (refused.id, case.case_id, BEGINNING)


async def test_a_settlement_says_who_settled_the_letter_and_why(console: Console) -> None:
    letter = a_dead_letter(ACase().says(ACase().admitted()))
    await console.hears(reported(letter), reported(settled(letter), sequence=2))
    assert await letters(console) == [("matching", "replayed", "operator-1")]


async def test_a_letter_that_is_dead_again_waits_for_an_operator_again(console: Console) -> None:
    letter = a_dead_letter(ACase().says(ACase().admitted()))
    await console.hears(reported(letter), reported(settled(letter), sequence=2), reported(letter, sequence=3))
    assert await letters(console) == [("matching", "dead", None)]


async def test_a_settlement_of_a_letter_that_was_never_reported_harms_nothing(console: Console) -> None:
    await console.hears(reported(settled(a_dead_letter(ACase().says(ACase().admitted())))))
    assert await letters(console) == []
    assert await console.dead() == []


async def test_a_case_nobody_has_told_of_is_not_found(console: Console) -> None:
    async with console.database.reading() as connection:
        with pytest.raises(NotFound):
            await queries.timeline(connection, OPERATOR, new_id(), now=console.clock(), patience=PATIENCE)
        with pytest.raises(NotFound):
            await queries.dead_letter(connection, OPERATOR, new_id())


async def test_nobody_but_an_operator_reads_anything(console: Console) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        actor = Actor("somebody", frozenset({role}))
        async with console.database.reading() as connection:
            with pytest.raises(Forbidden):
                await queries.streams(connection, actor, now=console.clock())
            with pytest.raises(Forbidden):
                await queries.services(connection, actor, now=console.clock())
            with pytest.raises(Forbidden):
                await queries.dead_letters(connection, actor)
            with pytest.raises(Forbidden):
                await queries.timeline(connection, actor, new_id(), now=console.clock(), patience=PATIENCE)
