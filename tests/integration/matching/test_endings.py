"""Proposals that end without an answer."""

from datetime import date, timedelta

import pytest

from services.matching.rules.proposals import ProposalState
from services.matching.rules.searches import SearchState
from shared.events.base import Window
from shared.events.intake import ApplicationWithdrawn, OfferClosed
from shared.events.matching import MatchExpired, MatchProposed, MatchSuperseded, NoMatchFound
from shared.primitives.errors import WrongState
from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer
from tests.fakes.clock import FakeClock
from tests.integration.matching.conftest import Matching


async def test_a_proposal_expires_after_its_last_day_and_not_on_it(matching: Matching, clock: FakeClock) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    await matching.announced()
    clock.move(proposal.respond_by - clock.now.date())
    assert await matching.lets_time_work() == {"remind of proposals": 1}
    await matching.announced()
    clock.move(timedelta(days=1))
    with pytest.raises(WrongState, match="too-late"):
        await matching.accepts(proposal.requester_id, proposal.proposal_id)
    assert await matching.lets_time_work() == {"expire proposals": 1}
    expired, nothing = await matching.announced()
    assert expired == MatchExpired(proposal_id=proposal.proposal_id, application_id=application.application_id)
    assert isinstance(nothing, NoMatchFound)
    assert {one.filter: one.offers for one in nothing.filtered} == {"earlier-proposal": 1}
    assert await matching.lets_time_work() == {}


async def test_half_an_agreement_expires_too_and_the_search_goes_on(matching: Matching, clock: FakeClock) -> None:
    first, second = an_offer(years_in_role=9), an_offer(years_in_role=5)
    application = an_application()
    await matching.hears(first, application, second)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    await matching.announced()
    clock.move(proposal.respond_by + timedelta(days=1) - clock.now.date())
    assert await matching.lets_time_work() == {"expire proposals": 1}
    expired, proposed = await matching.announced()
    assert isinstance(expired, MatchExpired)
    assert isinstance(proposed, MatchProposed)
    assert (proposed.offer_id, proposed.search) == (second.offer_id, 2)


async def test_a_proposal_that_joined_later_has_its_own_deadline(matching: Matching, clock: FakeClock) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    clock.move(timedelta(days=7))
    await matching.hears(an_offer(answers=application.application_id))
    clock.move(timedelta(days=9))
    assert await matching.lets_time_work() == {"expire proposals": 1, "remind of proposals": 1}
    states = [one.state for one in await matching.proposals(application)]
    assert states == [ProposalState.EXPIRED, ProposalState.PUBLISHED]


async def test_a_match_does_not_expire(matching: Matching, clock: FakeClock) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    await matching.agree(await matching.proposal(application))
    clock.move(timedelta(days=100))
    assert await matching.lets_time_work() == {}


async def test_days_that_come_before_both_sides_can_have_agreed_are_not_proposed(
    matching: Matching, clock: FakeClock
) -> None:
    application = an_application(earliest=date(2026, 5, 18), latest=date(2026, 6, 12))
    await matching.hears(application)
    clock.move(date(2026, 5, 20) - clock.now.date())
    await matching.hears(an_offer(days_a_year=5))
    assert (await matching.proposal(application)).first == date(2026, 6, 8)


async def test_a_search_whose_days_have_gone_by_finds_nobody_and_says_why(matching: Matching, clock: FakeClock) -> None:
    application = an_application(latest=date(2026, 6, 12))
    await matching.hears(application, an_offer())
    proposal = await matching.proposal(application)
    clock.move(date(2026, 7, 20) - clock.now.date())
    await matching.announced()
    await matching.hears(an_offer())
    await matching.lets_time_work()
    expired, nothing = await matching.announced()
    assert isinstance(expired, MatchExpired)
    assert isinstance(nothing, NoMatchFound)
    assert {one.filter: one.offers for one in nothing.filtered} == {"window": 2, "earlier-proposal": 1}
    assert (await matching.proposal(application)).proposal_id == proposal.proposal_id


async def test_a_proposal_whose_days_have_come_is_void(matching: Matching, clock: FakeClock) -> None:
    """Holidays can make the days to answer end after the first day that was proposed."""
    clock.move(date(2026, 12, 21) - clock.now.date())
    application = an_application(earliest=date(2027, 1, 4), latest=date(2027, 1, 8))
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    assert (proposal.first, proposal.respond_by) == (date(2027, 1, 4), date(2027, 1, 6))
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    await matching.announced()
    clock.move(date(2027, 1, 4) - clock.now.date())
    with pytest.raises(WrongState, match="days-past"):
        await matching.accepts(proposal.requester_id, proposal.proposal_id)
    await matching.runs("supersede lost proposals")
    (void, _) = await matching.announced()
    assert isinstance(void, MatchSuperseded)
    assert void.reason == "days-past"


async def test_a_case_that_is_entered_afterwards_is_about_days_gone_by(matching: Matching) -> None:
    then = {"earliest": date(2017, 5, 15), "latest": date(2017, 5, 26), "validated_on": date(2026, 3, 2)}
    application = an_application(**then)
    offer = an_offer(windows=(Window(first=date(2017, 5, 1), last=date(2017, 5, 31)),))
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    assert proposal.first == date(2017, 5, 15)
    assert await matching.lets_time_work() == {}
    await matching.agree(proposal)
    assert (await matching.proposal(application)).state is ProposalState.CONFIRMED


async def test_proposals_of_an_offer_that_is_gone_are_void(matching: Matching) -> None:
    gone, stays, application = an_offer(years_in_role=9), an_offer(years_in_role=1), an_application()
    await matching.hears(gone, stays, application, OfferClosed(offer_id=gone.offer_id, reason="withdrawn"))
    await matching.announced()
    assert await matching.lets_time_work() == {"supersede lost proposals": 1}
    (superseded,) = await matching.announced()
    assert isinstance(superseded, MatchSuperseded)
    assert superseded.reason == "offer-closed"
    standing = [one for one in await matching.proposals(application) if one.state is ProposalState.PUBLISHED]
    assert [one.offer_id for one in standing] == [stays.offer_id]


async def test_a_withdrawn_application_takes_its_proposals_with_it(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(), application)
    await matching.announced()
    await matching.hears(ApplicationWithdrawn(application_id=application.application_id, reason="other"))
    announced = await matching.announced()
    assert [type(event) for event in announced] == [MatchSuperseded, MatchSuperseded]
    assert {one.state for one in await matching.proposals(application)} == {ProposalState.SUPERSEDED}
    assert (await matching.search(application)).state is SearchState.WITHDRAWN
    await matching.hears(an_offer())
    assert await matching.announced() == []


async def test_a_match_that_is_withdrawn_before_the_exchange_frees_the_expert(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    await matching.agree(await matching.proposal(application))
    await matching.announced()
    await matching.hears(ApplicationWithdrawn(application_id=application.application_id, reason="other"))
    (told,) = await matching.announced()
    assert isinstance(told, MatchSuperseded)
    assert await matching.reserved(offer.offer_id) == 0
    assert (await matching.proposal(application)).state is ProposalState.CANCELLED


async def test_an_application_that_was_never_searched_for_needs_no_ending(matching: Matching) -> None:
    await matching.hears(ApplicationWithdrawn(application_id=new_id(), reason="other"))
    assert await matching.announced() == []
    assert await matching.dead_letters() == []
