"""Who does not answer a proposal is reminded twice, each time once."""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from services.matching.rules.views import ProposalView
from services.matching.use_cases import remind_of_proposals
from services.matching.wiring import SERVICE
from shared.events.base import Event
from shared.events.intake import ApplicationValidated, OfferClosed
from shared.events.matching import MatchExpired, ProposalReminded
from shared.hosting.schedule import run_once
from shared.primitives.terms import Side
from tests.builders.matching import an_application, an_offer
from tests.fakes.clock import FakeClock
from tests.integration.matching.conftest import Matching

# Published on 2 March 2026 for a town in Ghana and one in the Netherlands; on the 6th Ghana celebrates.
FIRST_REMINDER, SECOND_REMINDER, LAST_DAY = date(2026, 3, 11), date(2026, 3, 16), date(2026, 3, 17)
(REMINDING,) = (due for due in SERVICE.schedule if due.name == "remind of proposals")


async def published(matching: Matching) -> tuple[ApplicationValidated, ProposalView]:
    """An application with one proposal; its news is heard."""
    application = an_application()
    await matching.hears(an_offer(), application)
    await matching.announced()
    return application, await matching.proposal(application)


async def day_comes(matching: Matching, clock: FakeClock, day: date) -> Sequence[Event]:
    """What is announced when the schedule runs on that day."""
    clock.move(day - clock.now.date())
    await matching.lets_time_work()
    return await matching.announced()


async def reminds_and_dies(matching: Matching) -> None:
    async with matching.database.unit_of_work() as work:
        assert await remind_of_proposals(work) == 1
        raise ConnectionError


async def test_two_reminders_come_on_the_days_that_were_written_down_then_the_proposal_expires(
    matching: Matching, clock: FakeClock
) -> None:
    application, proposal = await published(matching)
    assert (proposal.reminders, proposal.respond_by) == ((FIRST_REMINDER, SECOND_REMINDER), LAST_DAY)
    told = {}
    for number in range(1, 20):
        day = date(2026, 3, 2) + timedelta(days=number)
        if announced := await day_comes(matching, clock, day):
            told[day] = announced
    assert [(day, type(events[0])) for day, events in told.items()] == [
        (FIRST_REMINDER, ProposalReminded),
        (SECOND_REMINDER, ProposalReminded),
        (date(2026, 3, 18), MatchExpired),
    ]
    assert told[FIRST_REMINDER] == [
        ProposalReminded(
            proposal_id=proposal.proposal_id,
            application_id=application.application_id,
            sides=(Side.REQUESTER, Side.OFFERER),
            reminded_on=FIRST_REMINDER,
            respond_by=LAST_DAY,
            days_left=5,
        )
    ]
    (second,) = told[SECOND_REMINDER]
    assert isinstance(second, ProposalReminded)
    assert second.days_left == 2


@pytest.mark.parametrize("silent", Side)
async def test_only_the_side_that_has_not_answered_is_reminded(
    matching: Matching, clock: FakeClock, silent: Side
) -> None:
    _, proposal = await published(matching)
    accepts = proposal.offerer_id if silent is Side.REQUESTER else proposal.requester_id
    await matching.accepts(accepts, proposal.proposal_id)
    await matching.announced()
    (reminded,) = await day_comes(matching, clock, FIRST_REMINDER)
    assert isinstance(reminded, ProposalReminded)
    assert reminded.sides == (silent,)


@pytest.mark.parametrize("end", ["agreed", "declined", "void"])
async def test_nobody_is_reminded_of_what_is_decided(matching: Matching, clock: FakeClock, end: str) -> None:
    _, proposal = await published(matching)
    if end == "agreed":
        await matching.agree(proposal)
    elif end == "declined":
        await matching.declines(proposal.offerer_id, proposal.proposal_id)
    else:
        await matching.hears(OfferClosed(offer_id=proposal.offer_id, reason="withdrawn"))
        await matching.lets_time_work()
    await matching.announced()
    assert await day_comes(matching, clock, FIRST_REMINDER) == []


async def test_who_comes_after_both_days_reminds_once(matching: Matching, clock: FakeClock) -> None:
    await published(matching)
    (reminded,) = await day_comes(matching, clock, LAST_DAY)
    assert isinstance(reminded, ProposalReminded)
    assert reminded.days_left == 1
    assert await day_comes(matching, clock, LAST_DAY) == []


async def test_after_the_last_day_there_is_nothing_to_be_reminded_of(matching: Matching, clock: FakeClock) -> None:
    await published(matching)
    announced = await day_comes(matching, clock, LAST_DAY + timedelta(days=1))
    assert [type(event) for event in announced[:1]] == [MatchExpired]
    assert not any(isinstance(event, ProposalReminded) for event in announced)


async def test_what_is_overdue_does_not_stand_before_what_is_due(matching: Matching, clock: FakeClock) -> None:
    """Nobody has expired the first of them yet; the second is to be reminded of on the 17th."""
    await published(matching)
    clock.move(timedelta(days=7))
    later = an_application()
    await matching.hears(later)
    assert len((await matching.proposal(later)).reminders) == 2
    clock.move(LAST_DAY + timedelta(days=1) - clock.now.date())
    assert await run_once(REMINDING, matching.database) == 1


async def test_two_schedules_at_once_remind_once(matching: Matching, clock: FakeClock) -> None:
    await published(matching)
    clock.move(FIRST_REMINDER - clock.now.date())
    done = await asyncio.gather(*(run_once(REMINDING, matching.database) for _ in range(8)))
    assert sum(done) == 1
    assert len(await matching.announced()) == 1


async def test_who_finds_the_same_proposal_while_another_reminds_of_it_leaves_it(
    matching: Matching, clock: FakeClock
) -> None:
    """What makes it once is the case's lock; that schedules take turns only saves them the waiting."""
    await published(matching)
    clock.move(FIRST_REMINDER - clock.now.date())

    async def another() -> int:
        async with matching.database.unit_of_work() as work:
            return await remind_of_proposals(work)

    async with matching.database.unit_of_work() as work:
        assert await remind_of_proposals(work) == 1
        waiting = asyncio.create_task(another())
        while not await matching.somebody_waits():
            assert not waiting.done()
    assert await waiting == 0
    assert len(await matching.announced()) == 1


async def test_a_reminder_that_was_cut_off_half_way_is_sent_later_and_once(
    matching: Matching, clock: FakeClock
) -> None:
    await published(matching)
    clock.move(FIRST_REMINDER - clock.now.date())
    with pytest.raises(ConnectionError):
        await reminds_and_dies(matching)
    assert await matching.announced() == []
    assert await matching.lets_time_work() == {"remind of proposals": 1}
    assert len(await matching.announced()) == 1


async def test_a_proposal_of_the_release_before_expires_without_a_reminder(
    matching: Matching, clock: FakeClock
) -> None:
    application, _ = await published(matching)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("UPDATE proposals SET working_days = DEFAULT, remind_on = DEFAULT")
    assert await day_comes(matching, clock, LAST_DAY) == []
    assert (await matching.proposal(application)).reminders == ()
    assert isinstance((await day_comes(matching, clock, LAST_DAY + timedelta(days=1)))[0], MatchExpired)
