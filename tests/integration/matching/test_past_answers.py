"""What was answered is kept, so that the chance of an answer can be learned from it."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.rules.answers import Tally
from services.matching.rules.proposals import DeclineReason
from services.matching.rules.views import ProposalView
from services.matching.storage.answers import Of, tallies
from shared.events.intake import OfferPublished
from shared.primitives.errors import WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Side
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.fakes.clock import FakeClock
from tests.integration.matching.conftest import Matching

R = DeclineReason


async def proposed(matching: Matching, *offers: OfferPublished, themes: tuple[str, ...]) -> dict[UUID, ProposalView]:
    """The proposals of a new application, by their offers."""
    application = an_application(themes=themes, dac=(), organisation=an_organisation())
    await matching.hears(*offers, application)
    return {proposal.offer_id: proposal for proposal in await matching.proposals(application)}


async def summed(matching: Matching, of: Of, side: Side = Side.OFFERER) -> Mapping[UUID | str, Tally]:
    async with matching.database.reading() as connection:
        return await tallies(connection, of, side)


async def test_answers_are_summed_per_offer_expert_organisation_country_and_theme(
    matching: Matching, clock: FakeClock
) -> None:
    """One expert has two offers, and her town is not the only one of its country."""
    expert, town = new_id(), an_organisation("NL")
    waste = an_offer(member_id=expert, organisation=town, themes=("waste",), capacity=9)
    both = an_offer(member_id=expert, organisation=town, themes=("waste", "housing"), capacity=9)
    other = an_offer(organisation=an_organisation("NL"), themes=("housing",), capacity=9)
    first = await proposed(matching, waste, both, other, themes=("waste", "housing"))
    await matching.agree(first[waste.offer_id])  # the others of this application are void: nobody answered them
    second = await proposed(matching, themes=("waste", "housing"))
    await matching.declines(both.organisation.organisation_id, second[both.offer_id].proposal_id, R.WORKLOAD)
    await matching.declines(other.organisation.organisation_id, second[other.offer_id].proposal_id, R.DATES)
    clock.move(timedelta(days=30))
    await matching.lets_time_work()  # the third of them was left without an answer, and a new search follows

    tired, busy = Tally(declined={R.WORKLOAD: 1}), Tally(beside=1)
    assert await summed(matching, Of.OFFER) == {
        waste.offer_id: Tally(accepted=1, expired=1),
        both.offer_id: tired,
        other.offer_id: busy,
    }
    hers = Tally(accepted=1, declined={R.WORKLOAD: 1}, expired=1)
    assert await summed(matching, Of.EXPERT) == {expert: hers, other.member_id: busy}
    towns = {town.organisation_id: hers, other.organisation.organisation_id: busy}
    assert await summed(matching, Of.ORGANISATION) == towns
    both_towns = Tally(accepted=1, declined={R.WORKLOAD: 1}, expired=1, beside=1)
    assert await summed(matching, Of.COUNTRY) == {"NL": both_towns}
    assert await summed(matching, Of.THEME) == {"waste": hers, "housing": Tally(declined={R.WORKLOAD: 1}, beside=1)}
    assert await summed(matching, Of.OFFER, Side.REQUESTER) == {waste.offer_id: Tally(accepted=1, beside=1)}


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("reason", R)
async def test_a_refusal_is_kept_with_its_side_and_reason(
    matching: Matching, side: Side, reason: DeclineReason
) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    organisation = proposal.requester_id if side is Side.REQUESTER else proposal.offerer_id
    await matching.declines(organisation, proposal.proposal_id, reason)
    (tally,) = (await summed(matching, Of.OFFER, side)).values()
    assert tally.declined == ({} if tally.beside else {reason: 1})
    async with matching.database.reading() as connection:
        kept = await connection.fetchrow("SELECT side, answer, reason FROM answers")
    assert tuple(kept) == (side, "declined", reason)


async def test_who_changes_their_mind_has_answered_once(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    assert await summed(matching, Of.OFFER) == {offer.offer_id: Tally(accepted=1)}
    await matching.declines(proposal.offerer_id, proposal.proposal_id, R.SAFETY)
    assert await summed(matching, Of.OFFER) == {offer.offer_id: Tally(declined={R.SAFETY: 1})}


async def test_what_was_said_before_the_deadline_stays_said(matching: Matching, clock: FakeClock) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    clock.move(timedelta(days=30))
    await matching.lets_time_work()
    assert await summed(matching, Of.OFFER) == {offer.offer_id: Tally(accepted=1)}
    assert await summed(matching, Of.OFFER, Side.REQUESTER) == {offer.offer_id: Tally(beside=1)}


async def test_an_answer_that_was_refused_is_none(matching: Matching, clock: FakeClock) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    clock.move(timedelta(days=30))
    with pytest.raises(WrongState, match="too-late"):
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    assert await summed(matching, Of.OFFER) == {}


async def test_answers_of_the_release_before_are_kept_afterwards(matching: Matching) -> None:
    agreed, refused, waits = (an_offer(organisation=an_organisation("NL")) for _ in range(3))
    for offer in (agreed, refused, waits):
        application = an_application(organisation=an_organisation())
        await matching.hears(offer.model_copy(update={"answers": application.application_id}), application)
        proposal = await matching.proposal(application)
        if offer is agreed:
            await matching.agree(proposal)
        elif offer is refused:
            await matching.declines(proposal.offerer_id, proposal.proposal_id, R.LANGUAGE)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("DELETE FROM answers")
    assert await matching.lets_time_work() == {"keep past answers": 3}
    assert await summed(matching, Of.OFFER) == {
        agreed.offer_id: Tally(accepted=1),
        refused.offer_id: Tally(declined={R.LANGUAGE: 1}),
    }
    assert await summed(matching, Of.OFFER, Side.REQUESTER) == {agreed.offer_id: Tally(accepted=1)}


async def test_an_answer_is_kept_as_the_offer_was(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    await matching.hears(offer.model_copy(update={"themes": ("housing",)}))
    assert await summed(matching, Of.THEME) == {"sanitation": Tally(accepted=1)}
