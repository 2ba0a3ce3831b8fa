"""An exchange that is moved takes its expert's days with it, and nobody is booked twice by that."""

import asyncio
from datetime import date, timedelta

import asyncpg
import pytest

from services.matching.engine.values import Days
from services.matching.rules.searches import SearchState
from services.matching.rules.views import ProposalView
from services.matching.storage.offers import days_of
from shared.events.exchange import ExchangeCancelled, ExchangePostponed, ExchangeScheduled
from shared.events.intake import ApplicationWithdrawn
from shared.events.matching import BookingRefused, MatchSuperseded
from shared.primitives.errors import WrongState
from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching

MONDAY = date(2026, 6, 1)
THEMES = ("sanitation", "waste", "housing")


def week(number: int) -> Days:
    """Monday to Friday of that week."""
    return Days.starting(MONDAY + timedelta(weeks=number), 5)


def scheduled(match: ProposalView, days: Days) -> ExchangeScheduled:
    return ExchangeScheduled(
        exchange_id=new_id(),
        application_id=match.application_id,
        first=days.first,
        last=days.last,
        participants=4,
        online=False,
    )


def postponed(match: ProposalView, days: Days) -> ExchangePostponed:
    return ExchangePostponed(
        exchange_id=new_id(), application_id=match.application_id, first=days.first, last=days.last, reason="visa"
    )


def cancelled(match: ProposalView) -> ExchangeCancelled:
    return ExchangeCancelled(
        exchange_id=new_id(), application_id=match.application_id, proposal_id=match.proposal_id, reason="visa"
    )


async def proposals_of_one_expert(matching: Matching, number: int) -> list[ProposalView]:
    """Proposals of one expert in the weeks 0, 1 …, each by an offer of its own."""
    expert = new_id()
    proposals = []
    for place in range(number):
        theme, days = THEMES[place], week(place)
        offer = an_offer(member_id=expert, themes=(theme,), dac=())
        application = an_application(
            themes=(theme,), dac=(), earliest=days.first, latest=days.last, organisation=an_organisation()
        )
        await matching.hears(offer, application)
        proposals.append(await matching.proposal(application))
    return proposals


async def matches_of_one_expert(matching: Matching, number: int) -> list[ProposalView]:
    """Matches of one expert in the weeks 0, 1 …; their news is heard."""
    matches = [await matching.agree(proposal) for proposal in await proposals_of_one_expert(matching, number)]
    await matching.announced()
    return matches


async def booked(matching: Matching, match: ProposalView) -> Days | None:
    async with matching.database.reading() as connection:
        days = await connection.fetchval("SELECT days FROM bookings WHERE proposal_id = $1", match.proposal_id)
    return days and days_of(days)


@pytest.mark.parametrize("moved", [scheduled, postponed])
async def test_the_expert_is_booked_on_the_new_days_and_free_on_the_old(matching: Matching, moved: object) -> None:
    (match,) = await matches_of_one_expert(matching, 1)
    assert callable(moved)
    await matching.hears(moved(match, week(5)))
    assert await booked(matching, match) == week(5)
    assert await matching.announced() == []
    assert await matching.reserved(match.offer_id) == 1


async def test_an_exchange_that_is_scheduled_as_it_was_proposed_changes_nothing(matching: Matching) -> None:
    (match,) = await matches_of_one_expert(matching, 1)
    await matching.hears(scheduled(match, week(0)), scheduled(match, week(0)))
    assert await booked(matching, match) == week(0)
    assert await matching.announced() == []


async def test_days_that_are_free_again_are_brought_to_those_who_found_nobody(matching: Matching) -> None:
    offer, first, days = an_offer(capacity=2), an_application(), week(0)
    await matching.hears(offer, first)
    match = await matching.agree(await matching.proposal(first))
    waiting = an_application(earliest=match.first, latest=match.last, organisation=an_organisation())
    await matching.hears(waiting)
    assert (await matching.search(waiting)).state is SearchState.NO_MATCH
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("UPDATE offers SET changed_at = now() - interval '1 day'")
    await matching.hears(postponed(match, Days.starting(days.first + timedelta(weeks=9), 5)))
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposal(waiting)).first == match.first


@pytest.mark.parametrize("ends", [True, False], ids=["cancelled", "moved"])
async def test_days_that_are_free_again_are_brought_to_those_who_want_another_offer_of_the_expert(
    matching: Matching, ends: bool
) -> None:
    offer, first, days = an_offer(), an_application(), week(0)
    other = an_offer(member_id=offer.member_id, themes=("tourism",), dac=("33210",))
    await matching.hears(offer, other, first)
    match = await matching.agree(await matching.proposal(first))
    wishes = {"themes": ("tourism",), "dac": ("33210",), "earliest": match.first, "latest": match.last}
    waiting = an_application(organisation=an_organisation(), **wishes)
    await matching.hears(waiting)
    assert (await matching.search(waiting)).state is SearchState.NO_MATCH
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("UPDATE offers SET changed_at = now() - interval '1 day'")
    moved = postponed(match, Days.starting(days.first + timedelta(weeks=9), 5))
    await matching.hears(cancelled(match) if ends else moved)
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposal(waiting)).offer_id == other.offer_id


async def test_who_was_proposed_the_new_days_of_another_s_exchange_is_told(matching: Matching) -> None:
    first, second = await proposals_of_one_expert(matching, 2)
    match = await matching.agree(first)
    await matching.hears(postponed(match, week(1)))
    with pytest.raises(WrongState, match="expert-booked"):
        await matching.accepts(second.requester_id, second.proposal_id)
    await matching.announced()
    assert (await matching.lets_time_work())["supersede lost proposals"] == 1
    void = (await matching.announced())[0]
    assert isinstance(void, MatchSuperseded)
    assert (void.proposal_id, void.reason) == (second.proposal_id, "expert-booked")


async def test_on_days_of_another_exchange_the_one_that_came_first_stays_and_both_sides_are_told(
    matching: Matching,
) -> None:
    """The exchange that was moved keeps its place and what is free of its days, so that no third one can have them."""
    stays, moves = await matches_of_one_expert(matching, 2)
    wanted = Days(week(0).last, week(0).last + timedelta(days=4))
    await matching.hears(postponed(moves, wanted))
    assert await booked(matching, stays) == week(0)
    assert await booked(matching, moves) == Days(wanted.first + timedelta(days=1), wanted.last)
    assert await matching.announced() == [
        BookingRefused(
            proposal_id=moves.proposal_id, application_id=moves.application_id, first=wanted.first, last=wanted.last
        )
    ]
    assert await matching.dead_letters() == []
    await matching.hears(scheduled(moves, week(3)))
    assert await booked(matching, moves) == week(3)
    assert await matching.announced() == []


async def test_an_exchange_whose_new_days_are_all_taken_holds_none_and_gives_its_place_back_when_it_ends(
    matching: Matching,
) -> None:
    stays, moves = await matches_of_one_expert(matching, 2)
    await matching.hears(postponed(moves, week(0)))
    assert await booked(matching, moves) is None
    assert [type(event) for event in await matching.announced()] == [BookingRefused]
    assert await matching.reserved(moves.offer_id) == 1
    await matching.hears(cancelled(moves))
    assert await matching.reserved(moves.offer_id) == 0
    assert await booked(matching, stays) == week(0)


async def test_of_two_exchanges_that_are_moved_to_the_same_days_at_once_one_gets_them(matching: Matching) -> None:
    stays, *moving = await matches_of_one_expert(matching, 3)
    async with asyncio.timeout(10):
        await asyncio.gather(*(matching.hears(postponed(match, week(7))) for match in moving))
    held = [await booked(matching, match) for match in moving]
    assert sorted(held, key=lambda days: days is None) == [week(7), None]
    (told,) = await matching.announced()
    assert isinstance(told, BookingRefused)
    assert told.proposal_id == moving[held.index(None)].proposal_id
    assert await booked(matching, stays) == week(0)


async def test_the_database_itself_refuses_to_move_a_booking_onto_another(matching: Matching) -> None:
    stays, moves = await matches_of_one_expert(matching, 2)
    change = "UPDATE bookings SET days = (SELECT days FROM bookings WHERE proposal_id = $1) WHERE proposal_id = $2"
    async with matching.database.unit_of_work() as work:
        with pytest.raises(asyncpg.ExclusionViolationError, match="bookings_never_overlap"):
            async with work.connection.transaction():
                await work.connection.execute(change, stays.proposal_id, moves.proposal_id)


@pytest.mark.parametrize("undone", ["withdrawn", "cancelled"])
async def test_the_days_of_a_match_that_was_undone_stay_free(matching: Matching, undone: str) -> None:
    """Its exchange may be told to go on before it hears of that."""
    (match,) = await matches_of_one_expert(matching, 1)
    ends = ApplicationWithdrawn(application_id=match.application_id, reason="other")
    await matching.hears(ends if undone == "withdrawn" else cancelled(match))
    await matching.hears(scheduled(match, week(4)))
    assert await booked(matching, match) is None
    assert await matching.reserved(match.offer_id) == 0
    assert await matching.dead_letters() == []


async def test_an_exchange_that_nobody_knows_and_reversed_days_are_set_aside(matching: Matching) -> None:
    (match,) = await matches_of_one_expert(matching, 1)
    unknown = match.model_copy(update={"application_id": new_id()})
    await matching.hears(scheduled(unknown, week(1)), postponed(match, Days(week(1).last, week(1).first)))
    reasons = sorted(detail.partition(":")[0] for detail in await matching.dead_letters())
    assert reasons == ["dates-reversed", "no-such-match"]
    assert await booked(matching, match) == week(0)
