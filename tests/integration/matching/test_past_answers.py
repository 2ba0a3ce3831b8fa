"""What was answered is kept, so that the chance of an answer can be learned from it."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.matching.rules.proposals import DeclineReason
from services.matching.rules.views import ProposalView
from shared.events.intake import OfferPublished
from shared.primitives.errors import WrongState
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


async def kept(matching: Matching, side: Side = Side.OFFERER) -> dict[UUID, list[str]]:
    """By offer what one side answered: the reason for a refusal, "beside" for what says nothing of the offer."""
    async with matching.database.reading() as connection:
        rows = await connection.fetch(
            """
            SELECT offer_id, array_agg(CASE WHEN about_offer THEN coalesce(reason, answer) ELSE 'beside' END
                                       ORDER BY answered_at) AS said
            FROM answers WHERE side = $1 GROUP BY offer_id
            """,
            side,
        )
    return {row["offer_id"]: row["said"] for row in rows}


async def test_every_answer_is_kept_and_silence_is_one(matching: Matching, clock: FakeClock) -> None:
    waste, both, other = [
        an_offer(themes=themes, capacity=9) for themes in (("waste",), ("waste", "housing"), ("housing",))
    ]
    first = await proposed(matching, waste, both, other, themes=("waste", "housing"))
    await matching.agree(first[waste.offer_id])  # the others of this application are void: nobody answered them
    second = await proposed(matching, themes=("waste", "housing"))
    await matching.declines(both.organisation.organisation_id, second[both.offer_id].proposal_id, R.WORKLOAD)
    await matching.declines(other.organisation.organisation_id, second[other.offer_id].proposal_id, R.DATES)
    clock.move(timedelta(days=30))
    await matching.lets_time_work()  # the third of them was left without an answer, and a new search follows
    assert await kept(matching) == {
        waste.offer_id: ["accepted", "expired"],
        both.offer_id: ["workload"],
        other.offer_id: ["beside"],
    }
    assert await kept(matching, Side.REQUESTER) == {waste.offer_id: ["accepted", "beside"]}


async def test_a_refusal_weighs_on_other_offers_of_the_same_organisation(matching: Matching) -> None:
    town, elsewhere = an_organisation("NL"), an_organisation("NL")
    declined = an_offer(organisation=town, themes=("waste",))
    same_town, other_town = [an_offer(organisation=one, themes=("housing",)) for one in (town, elsewhere)]
    proposals = await proposed(matching, declined, same_town, other_town, themes=("waste",))
    await matching.declines(town.organisation_id, proposals[declined.offer_id].proposal_id, R.WORKLOAD)
    found = await proposed(matching, themes=("housing",))
    assert found[other_town.offer_id].rank < found[same_town.offer_id].rank
    costs = found[same_town.offer_id].contributions[-1]
    assert costs.because == ("answers:0", "accepted:0", "answers-for-others:1", "accepted-for-others:0")


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
    assert (await kept(matching, side))[offer.offer_id] in ([reason], ["beside"])
    async with matching.database.reading() as connection:
        row = await connection.fetchrow("SELECT side, answer, reason FROM answers")
    assert tuple(row) == (side, "declined", reason)


async def test_who_changes_their_mind_has_answered_once(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    assert await kept(matching) == {offer.offer_id: ["accepted"]}
    await matching.declines(proposal.offerer_id, proposal.proposal_id, R.SAFETY)
    assert await kept(matching) == {offer.offer_id: [R.SAFETY]}


async def test_what_was_said_before_the_deadline_stays_said(matching: Matching, clock: FakeClock) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    clock.move(timedelta(days=30))
    await matching.lets_time_work()
    assert await kept(matching) == {offer.offer_id: ["accepted"]}
    assert await kept(matching, Side.REQUESTER) == {offer.offer_id: ["beside"]}


async def test_an_answer_that_was_refused_is_none(matching: Matching, clock: FakeClock) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    clock.move(timedelta(days=30))
    with pytest.raises(WrongState, match="too-late"):
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    assert await kept(matching) == {}


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
    assert await kept(matching) == {
        agreed.offer_id: ["accepted"],
        refused.offer_id: [R.LANGUAGE],
    }
    assert await kept(matching, Side.REQUESTER) == {agreed.offer_id: ["accepted"]}


async def test_an_answer_is_kept_as_the_offer_was(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    proposal = await matching.proposal(application)
    await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    await matching.hears(offer.model_copy(update={"themes": ("housing",)}))
    async with matching.database.reading() as connection:
        assert await connection.fetchval("SELECT themes FROM answers") == ["sanitation"]
