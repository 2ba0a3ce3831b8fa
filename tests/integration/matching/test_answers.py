"""Both sides answer: it takes two to confirm, one to decline."""

import pytest

from services.matching.rules.proposals import DeclineReason, ProposalState
from services.matching.rules.searches import SearchState
from services.matching.use_cases import AcceptProposal, accept_proposal
from shared.events.matching import (
    FilteredOut,
    MatchAccepted,
    MatchConfirmed,
    MatchDeclined,
    MatchProposed,
    MatchSuperseded,
    NoMatchFound,
)
from shared.primitives.errors import Forbidden, NotFound, WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, OrganisationKind, Role, Side
from tests.builders.matching import COORDINATOR, an_application, an_offer, an_organisation, somebody_of
from tests.integration.matching.conftest import Matching


@pytest.mark.parametrize("first", Side)
async def test_the_second_side_confirms_the_match(matching: Matching, first: Side) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    sides = [proposal.requester_id, proposal.offerer_id]
    one, other = sides if first is Side.REQUESTER else reversed(sides)
    await matching.announced()

    half = await matching.accepts(one, proposal.proposal_id)
    assert half.state == f"accepted-by-{first}"
    assert [type(event) for event in await matching.announced()] == [MatchAccepted]
    assert await matching.reserved(offer.offer_id) == 0

    whole = await matching.accepts(other, proposal.proposal_id)
    assert whole.state is ProposalState.CONFIRMED
    accepted, confirmed = await matching.announced()
    assert isinstance(accepted, MatchAccepted)
    assert accepted.side is not first
    assert confirmed == MatchConfirmed(
        proposal_id=proposal.proposal_id,
        application_id=application.application_id,
        offer_id=offer.offer_id,
        expert_id=offer.member_id,
        requester_id=application.organisation.organisation_id,
        offerer_id=offer.organisation.organisation_id,
        requester_association_id=application.organisation.association_id,
        offerer_association_id=offer.organisation.association_id,
        reference=application.reference,
        title=application.title,
        title_language="en",
        themes=("sanitation",),
        mode=Mode.EXPERT_MISSION,
        first=proposal.first,
        last=proposal.last,
        participants=40,
    )
    assert await matching.reserved(offer.offer_id) == 1
    assert (await matching.search(application)).state is SearchState.MATCHED


async def test_an_association_that_asks_stands_for_itself(matching: Matching) -> None:
    asks = an_organisation(kind=OrganisationKind.ASSOCIATION, association_id=None)
    application = an_application(organisation=asks)
    await matching.hears(an_offer(organisation=an_organisation("NL", association_id=None)), application)
    await matching.agree(await matching.proposal(application))
    confirmed = (await matching.announced())[-1]
    assert isinstance(confirmed, MatchConfirmed)
    assert confirmed.requester_association_id == asks.organisation_id
    assert confirmed.offerer_association_id is None


async def test_the_other_proposals_of_a_matched_application_are_void(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(), an_offer(), application)
    first, second, third = await matching.proposals(application)
    await matching.accepts(third.offerer_id, third.proposal_id)
    await matching.announced()
    await matching.agree(first)
    void = [event for event in await matching.announced() if isinstance(event, MatchSuperseded)]
    assert {event.proposal_id for event in void} == {second.proposal_id, third.proposal_id}
    assert {event.reason for event in void} == {"another-confirmed"}
    with pytest.raises(WrongState, match="proposal-not-open"):
        await matching.accepts(third.requester_id, third.proposal_id)


async def test_nobody_accepts_for_the_other_side(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.requester_id, proposal.proposal_id)
    with pytest.raises(WrongState, match="already-accepted"):
        await matching.accepts(proposal.requester_id, proposal.proposal_id)
    command = AcceptProposal(proposal.proposal_id)
    with pytest.raises(Forbidden):
        await matching.does(COORDINATOR, accept_proposal, command)
    with pytest.raises(NotFound):
        await matching.accepts(new_id(), proposal.proposal_id)
    with pytest.raises(NotFound):
        await matching.does(somebody_of(proposal.offerer_id, Role.READER), accept_proposal, command)
    assert (await matching.proposal(application)).state is ProposalState.ACCEPTED_BY_REQUESTER


async def test_a_proposal_that_does_not_exist_is_not_found(matching: Matching) -> None:
    with pytest.raises(NotFound):
        await matching.accepts(new_id(), new_id())


async def test_after_one_of_several_is_declined_the_others_stand(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(), application)
    first, second = await matching.proposals(application)
    await matching.announced()
    await matching.declines(first.offerer_id, first.proposal_id, DeclineReason.WORKLOAD)
    (declined,) = await matching.announced()
    assert declined == MatchDeclined(
        proposal_id=first.proposal_id,
        application_id=application.application_id,
        side=Side.OFFERER,
        reason="workload",
    )
    assert (await matching.agree(second)).state is ProposalState.CONFIRMED


async def test_after_the_last_one_is_declined_the_next_best_are_proposed(matching: Matching) -> None:
    offers = [an_offer(years_in_role=years) for years in (9, 8, 7, 6)]
    application = an_application()
    await matching.hears(*offers, application)
    for proposal in await matching.proposals(application):
        await matching.declines(proposal.requester_id, proposal.proposal_id)
    again = (await matching.announced())[-1]
    assert isinstance(again, MatchProposed)
    assert (again.offer_id, again.rank, again.search) == (offers[3].offer_id, 1, 2)


async def test_when_everybody_has_declined_there_is_no_match(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.requester_id, proposal.proposal_id)
    await matching.declines(proposal.requester_id, proposal.proposal_id)  # a change of mind
    nothing = (await matching.announced())[-1]
    assert nothing == NoMatchFound(
        application_id=application.application_id,
        considered=1,
        filtered=(FilteredOut(filter="earlier-proposal", offers=1),),
        search=2,
    )
    assert (await matching.search(application)).state is SearchState.NO_MATCH
