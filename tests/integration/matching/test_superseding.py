"""What happens to proposals and to matches when the offer goes, the place is taken or the expert is elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from services.matching.rules.proposals import ProposalState, SupersededBecause
from services.matching.rules.views import ProposalView
from services.matching.storage import offers
from shared.events.base import Window
from shared.events.exchange import ExchangeCancelled
from shared.events.intake import ApplicationValidated, ApplicationWithdrawn, OfferChanged, OfferClosed, OfferPublished
from shared.events.matching import MatchProposed, MatchSuperseded, NoMatchFound
from shared.primitives.errors import WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Side
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching

MONDAY = date(2026, 6, 1)
REASONS_TO_CLOSE = get_args(OfferClosed.model_fields["reason"].annotation)
Loss = Callable[[Matching, OfferPublished, ApplicationValidated], Awaitable[None]]


def in_week(number: int) -> ApplicationValidated:
    first = MONDAY + timedelta(weeks=number)
    return an_application(earliest=first, latest=first + timedelta(days=4), organisation=an_organisation())


def changed(offer: OfferPublished, **changes: object) -> OfferChanged:
    facts = {"offer_id": offer.offer_id, "active": True, "windows": offer.windows, "capacity": offer.capacity}
    return OfferChanged.model_validate(facts | changes)


def cancelled(match: ProposalView) -> ExchangeCancelled:
    return ExchangeCancelled(
        exchange_id=new_id(), application_id=match.application_id, proposal_id=match.proposal_id, reason="visa"
    )


async def matched(matching: Matching, application: ApplicationValidated) -> ProposalView:
    await matching.hears(application)
    return await matching.agree(await matching.proposal(application))


async def closes(matching: Matching, offer: OfferPublished, _: ApplicationValidated) -> None:
    await matching.hears(OfferClosed(offer_id=offer.offer_id, reason="withdrawn"))


async def last_place_goes(matching: Matching, _: OfferPublished, __: ApplicationValidated) -> None:
    await matched(matching, in_week(1))


async def capacity_is_withdrawn(matching: Matching, offer: OfferPublished, _: ApplicationValidated) -> None:
    await matching.hears(changed(offer, capacity=0))


async def window_moves(matching: Matching, offer: OfferPublished, _: ApplicationValidated) -> None:
    await matching.hears(changed(offer, windows=(Window(first=date(2027, 1, 1), last=date(2027, 3, 1)),)))


async def expert_goes_elsewhere(matching: Matching, offer: OfferPublished, application: ApplicationValidated) -> None:
    """By another offer of theirs, to somebody else."""
    await goes_elsewhere(matching, offer, application)


async def days_are_given(matching: Matching, offer: OfferPublished, _: ApplicationValidated) -> None:
    """In another week, and the days of both together are more than the year has."""
    await goes_elsewhere(matching, offer, in_week(2))


async def goes_elsewhere(matching: Matching, offer: OfferPublished, when: ApplicationValidated) -> None:
    days = {"earliest": when.earliest, "latest": when.latest}
    other = an_application(themes=("waste",), dac=(), organisation=an_organisation(), **days)
    await matching.hears(an_offer(member_id=offer.member_id, themes=("waste",), dac=()))
    await matched(matching, other)


async def another_is_chosen(matching: Matching, _: OfferPublished, application: ApplicationValidated) -> None:
    await matching.hears(an_offer(answers=application.application_id))
    chosen = next(one for one in await matching.proposals(application) if one.rank == 2)
    await matching.agree(chosen)


async def applicant_withdraws(matching: Matching, _: OfferPublished, application: ApplicationValidated) -> None:
    await matching.hears(ApplicationWithdrawn(application_id=application.application_id, reason="other"))


LOSSES: dict[str, tuple[Loss, SupersededBecause]] = {
    "the offer is closed": (closes, SupersededBecause.OFFER_CLOSED),
    "the last place goes": (last_place_goes, SupersededBecause.CAPACITY_GONE),
    "the capacity is withdrawn": (capacity_is_withdrawn, SupersededBecause.CAPACITY_GONE),
    "the window moves": (window_moves, SupersededBecause.WINDOW_GONE),
    "the expert is booked elsewhere": (expert_goes_elsewhere, SupersededBecause.EXPERT_BOOKED),
    "the days of the year are given": (days_are_given, SupersededBecause.DAYS_GONE),
    "another is chosen": (another_is_chosen, SupersededBecause.ANOTHER_CONFIRMED),
    "the applicant withdraws": (applicant_withdraws, SupersededBecause.APPLICATION_WITHDRAWN),
}


def test_every_reason_has_its_story() -> None:
    with_time = {SupersededBecause.DAYS_PAST}  # test_endings.py
    assert {because for _, because in LOSSES.values()} == set(SupersededBecause) - with_time


@pytest.mark.parametrize("accepted_by", [None, *Side])
@pytest.mark.parametrize("loss", LOSSES)
async def test_a_proposal_that_lost_its_ground_is_void_once_with_the_reason(
    matching: Matching, loss: str, accepted_by: Side | None
) -> None:
    lose, because = LOSSES[loss]
    offer, application = an_offer(days_a_year=8), in_week(0)
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    if accepted_by is not None:
        side = proposal.requester_id if accepted_by is Side.REQUESTER else proposal.offerer_id
        await matching.accepts(side, proposal.proposal_id)
    await matching.announced()
    await lose(matching, offer, application)
    await matching.lets_time_work()
    told = [event for event in await matching.announced() if isinstance(event, MatchSuperseded)]
    assert told == [
        MatchSuperseded(
            proposal_id=proposal.proposal_id, application_id=application.application_id, reason=because.value
        )
    ]
    (void,) = [one for one in await matching.proposals(application) if one.proposal_id == proposal.proposal_id]
    assert (void.state, void.reason) == (ProposalState.SUPERSEDED, because)
    for organisation in (proposal.requester_id, proposal.offerer_id):
        with pytest.raises(WrongState, match="proposal-not-open"):
            await matching.accepts(organisation, proposal.proposal_id)


@pytest.mark.parametrize("reason", REASONS_TO_CLOSE)
async def test_a_match_outlives_its_offer_and_only_what_is_open_is_void(matching: Matching, reason: Any) -> None:
    offer, first, second = an_offer(capacity=2), in_week(0), in_week(1)
    await matching.hears(offer)
    match = await matched(matching, first)
    await matching.hears(second)
    await matching.announced()
    await matching.hears(OfferClosed(offer_id=offer.offer_id, reason=reason))
    assert await matching.lets_time_work() == {"supersede lost proposals": 1}
    void, nothing = await matching.announced()
    assert isinstance(void, MatchSuperseded)
    assert (void.application_id, void.reason) == (second.application_id, "offer-closed")
    assert isinstance(nothing, NoMatchFound)
    assert (await matching.proposal(first)).state is ProposalState.CONFIRMED
    assert await matching.reserved(offer.offer_id) == 1
    await matching.hears(cancelled(match))
    assert await matching.reserved(offer.offer_id) == 0
    assert await matching.lets_time_work() == {}  # a place of an offer that is closed is nobody's
    assert await matching.dead_letters() == []


async def test_an_offer_that_has_promised_more_than_it_now_has_keeps_its_word_and_promises_no_more(
    matching: Matching,
) -> None:
    offer = an_offer(capacity=3)
    await matching.hears(offer)
    matches = [await matched(matching, in_week(number)) for number in range(2)]
    waiting = in_week(2)
    await matching.hears(waiting, changed(offer, capacity=1))
    await matching.announced()
    assert await matching.lets_time_work() == {"supersede lost proposals": 1}
    assert await matching.reserved(offer.offer_id) == 2
    await matching.hears(cancelled(matches[0]))
    await matching.announced()
    assert await matching.lets_time_work() == {}  # one of one place is taken
    await matching.hears(cancelled(matches[1]))
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    (again,) = await matching.announced()
    assert isinstance(again, MatchProposed)
    assert again.application_id == waiting.application_id


async def test_who_accepts_in_the_moment_in_which_the_offer_closes_is_told_and_nothing_is_reserved(
    matching: Matching,
) -> None:
    offer, application = an_offer(), in_week(0)
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    async with matching.database.unit_of_work() as work:
        assert await offers.close_offer(work.connection, offer.offer_id, 99)
        accepting = asyncio.create_task(matching.accepts(proposal.requester_id, proposal.proposal_id))
        while not await matching.somebody_waits():
            assert not accepting.done()
    with pytest.raises(WrongState, match="offer-closed"):
        await accepting
    assert await matching.reserved(offer.offer_id) == 0
