"""Nobody is ever booked twice, however many want them in the same moment."""

import asyncio
from collections import Counter
from datetime import date, timedelta

import asyncpg
import pytest

from services.matching.rules.proposals import ProposalState
from services.matching.rules.searches import SearchState
from services.matching.rules.views import ProposalView
from services.matching.use_cases import AcceptProposal, accept_proposal
from shared.events.base import Window
from shared.events.exchange import ExchangeCancelled
from shared.events.intake import ApplicationValidated, OfferChanged
from shared.events.matching import MatchProposed, MatchSuperseded, NoMatchFound
from shared.primitives.errors import WrongState
from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer, an_organisation, somebody_of
from tests.integration.matching.conftest import Matching

MONDAY, IN_YEARS = date(2026, 6, 1), date(2029, 6, 1)


def in_week(number: int, **facts: object) -> ApplicationValidated:
    """An application for an exchange in that week, so that those of other weeks don't meet."""
    first = MONDAY + timedelta(weeks=number)
    return an_application(earliest=first, latest=first + timedelta(days=4), organisation=an_organisation(), **facts)


async def answer(matching: Matching, proposal: ProposalView) -> str:
    try:
        return (await matching.accepts(proposal.requester_id, proposal.proposal_id)).state
    except WrongState as refused:
        return refused.code


async def test_an_expert_is_not_in_two_places_on_one_day_whichever_offer_was_chosen(matching: Matching) -> None:
    expert = new_id()
    offers = [an_offer(member_id=expert, capacity=20, themes=(theme,)) for theme in ("sanitation", "waste")]
    applications = [
        an_application(themes=(theme,), dac=(), organisation=an_organisation())
        for theme in ("sanitation", "waste")
        for _ in range(10)
    ]
    await matching.hears(*offers, *applications)
    proposals = [await matching.proposal(application) for application in applications]
    assert len({proposal.offer_id for proposal in proposals}) == 2
    assert len({proposal.first for proposal in proposals}) == 1
    for proposal in proposals:
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)

    answers = Counter(await asyncio.gather(*(answer(matching, proposal) for proposal in proposals)))
    assert answers == {"confirmed": 1, "expert-booked": 19}

    await matching.announced()
    assert (await matching.lets_time_work())["supersede lost proposals"] == 19
    again = [event for event in await matching.announced() if isinstance(event, MatchProposed)]
    assert len(again) == 19  # the expert has other days
    assert all(event.first > proposals[0].last for event in again)


@pytest.mark.parametrize(
    ("themes", "weeks", "told"),
    [
        (("sanitation", "sanitation"), (0, 0), "capacity-gone"),
        (("sanitation", "waste"), (0, 0), "expert-booked"),
        (("sanitation", "waste"), (0, 1), "days-gone"),
    ],
    ids=["the same place", "the same days", "the same year"],
)
async def test_whoever_waits_for_what_another_takes_is_told_when_it_is_taken(
    matching: Matching, themes: tuple[str, str], weeks: tuple[int, int], told: str
) -> None:
    """Of an expert with an offer for each theme, who gives eight days a year. Each exchange takes five."""
    expert = new_id()
    offers = [an_offer(member_id=expert, themes=(theme,), days_a_year=8) for theme in ("sanitation", "waste")]
    applications = [in_week(week, themes=(theme,), dac=()) for theme, week in zip(themes, weeks, strict=True)]
    await matching.hears(*offers, *applications)
    first, second = [await matching.proposal(application) for application in applications]
    for proposal in (first, second):
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    async with matching.database.unit_of_work(somebody_of(first.requester_id)) as work:
        await accept_proposal(work, AcceptProposal(first.proposal_id))
        waiting = asyncio.create_task(answer(matching, second))
        while not await matching.somebody_waits():
            assert not waiting.done()
    assert await waiting == told
    assert await matching.reserved(second.offer_id) == (second.offer_id == first.offer_id)


async def test_what_is_left_of_a_year_is_proposed_and_then_nothing(matching: Matching) -> None:
    """Of eight days five are given, three are proposed; the year after has all of its own."""
    await matching.hears(an_offer(capacity=9, days_a_year=8, windows=(Window(first=MONDAY, last=IN_YEARS),)))
    assert [await agreed(matching, in_week(week)) for week in (0, 1, 2, 40)] == [5, 3, None, 5]


async def test_an_offer_that_does_not_say_how_many_days_a_year_has_no_limit(matching: Matching) -> None:
    await matching.hears(an_offer(capacity=9, days_a_year=0))
    assert [await agreed(matching, in_week(week)) for week in (0, 1, 2)] == [5, 5, 5]


async def test_an_exchange_over_the_turn_of_the_year_takes_days_of_both(matching: Matching) -> None:
    """Two of either, of four that the expert gives in each."""
    over = an_application(earliest=date(2026, 12, 30), latest=date(2027, 1, 2), organisation=an_organisation())
    await matching.hears(an_offer(capacity=9, days_a_year=4, windows=(Window(first=MONDAY, last=IN_YEARS),)))
    asked = [over, in_week(0), in_week(40), in_week(1), in_week(41)]
    assert [await agreed(matching, application) for application in asked] == [4, 2, 2, None, None]


async def agreed(matching: Matching, application: ApplicationValidated) -> int | None:
    """For how many days both sides agree to meet; None where nothing is proposed."""
    await matching.hears(application)
    proposals = await matching.proposals(application)
    if not proposals:
        return None
    match = await matching.agree(proposals[0])
    return (match.last - match.first).days + 1


async def test_the_database_itself_refuses_to_book_an_expert_twice(matching: Matching) -> None:
    offer, application = an_offer(capacity=5), an_application()
    await matching.hears(offer, application, in_week(20))
    match = await matching.agree(await matching.proposal(application))
    async with matching.database.unit_of_work() as work:
        other = await work.connection.fetchval(
            "SELECT proposal_id FROM proposals WHERE proposal_id <> $1", match.proposal_id
        )
        with pytest.raises(asyncpg.ExclusionViolationError, match="bookings_never_overlap"):
            async with work.connection.transaction():
                await work.connection.execute(
                    "INSERT INTO bookings VALUES ($1, $2, $3, daterange($4, $4, '[]'))",
                    other,
                    offer.offer_id,
                    offer.member_id,
                    match.last,
                )


async def test_two_matches_of_one_application_at_once_leave_one(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(), application)
    both = await matching.proposals(application)
    for proposal in both:
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    answers = Counter(await asyncio.gather(*(answer(matching, proposal) for proposal in both)))
    assert answers == {"confirmed": 1, "proposal-not-open": 1}


async def test_a_cancelled_exchange_gives_its_place_and_days_back(matching: Matching) -> None:
    offer, application, waiting = an_offer(capacity=1), an_application(), an_application()
    await matching.hears(offer, application)
    match = await matching.agree(await matching.proposal(application))
    await matching.hears(waiting)
    assert (await matching.search(waiting)).state is SearchState.NO_MATCH
    cancelled = ExchangeCancelled(
        exchange_id=new_id(),
        application_id=application.application_id,
        offer_id=offer.offer_id,
        proposal_id=match.proposal_id,
        reason="visa",
    )
    await matching.hears(cancelled, cancelled)  # told twice, with different ids: given back once
    assert await matching.dead_letters() == []
    assert await matching.reserved(offer.offer_id) == 0
    assert (await matching.proposal(application)).state is ProposalState.CANCELLED
    assert (await matching.search(application)).state is SearchState.CLOSED
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposal(waiting)).first == match.first


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"capacity": 0}, "capacity-gone"),
        ({"windows": [{"first": "2026-09-01", "last": "2026-09-30"}]}, "window-gone"),
    ],
)
async def test_a_change_of_the_offer_voids_what_was_proposed_of_it(
    matching: Matching, change: dict[str, object], reason: str
) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    facts = {"offer_id": offer.offer_id, "active": True, "windows": offer.windows, "capacity": 1} | change
    await matching.hears(OfferChanged.model_validate(facts))
    with pytest.raises(WrongState, match=reason):
        await matching.accepts(proposal.requester_id, proposal.proposal_id)
    await matching.announced()
    assert await matching.lets_time_work() == {"supersede lost proposals": 1}
    superseded, nothing = await matching.announced()
    assert isinstance(superseded, MatchSuperseded)
    assert superseded.reason == reason
    assert isinstance(nothing, NoMatchFound)


async def test_a_paused_offer_can_still_be_agreed_where_it_was_proposed(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    await matching.hears(
        OfferChanged(offer_id=offer.offer_id, active=False, windows=offer.windows, capacity=offer.capacity)
    )
    assert await matching.lets_time_work() == {}
    assert (await matching.agree(await matching.proposal(application))).state is ProposalState.CONFIRMED
