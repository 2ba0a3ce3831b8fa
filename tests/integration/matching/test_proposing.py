"""From a validated application to proposals, or to the reasons why there are none."""

from datetime import date

import pytest

from services.matching.rules.proposals import ProposalState
from services.matching.rules.searches import SearchState
from services.matching.wiring import SERVICE
from shared.events.base import LanguageSkill, Window
from shared.events.intake import OfferChanged, OfferClosed
from shared.events.matching import FilteredOut, MatchProposed, NoMatchFound
from shared.primitives.terms import Level, Mode
from shared.streaming.batch import BatchProcessor
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching


async def test_a_proposal_says_what_would_raise_its_score(matching: Matching) -> None:
    application = an_application(themes=("sanitation", "waste"))
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    assert (proposal.raises[0].code, proposal.raises[0].points) == ("theme:waste", 8.0)
    assert proposal.score == round(sum(one.points for one in proposal.contributions), 2)


async def test_the_best_three_offers_are_proposed_with_their_reasons(matching: Matching) -> None:
    offers = [an_offer(years_in_role=years) for years in (1, 9, 5, 3, 7)]
    application = an_application()
    await matching.hears(*offers, application)
    envelopes = await matching.envelopes()
    proposed = [envelope.data for envelope in envelopes]
    assert {envelope.case_id for envelope in envelopes} == {application.application_id}
    assert all(isinstance(event, MatchProposed) for event in proposed)
    assert [event.rank for event in proposed if isinstance(event, MatchProposed)] == [1, 2, 3]
    best = sorted(offers, key=lambda offer: -offer.years_in_role)[:3]
    assert [event.offer_id for event in proposed if isinstance(event, MatchProposed)] == [one.offer_id for one in best]
    first = proposed[0]
    assert isinstance(first, MatchProposed)
    assert abs(sum(one.points for one in first.contributions) - first.score) < 1e-9
    assert (first.first, first.last) == (date(2026, 5, 18), date(2026, 5, 22))
    assert first.respond_by == date(2026, 3, 17)  # ten days that are working days in Ghana and in the Netherlands
    assert first.search == 1
    assert (first.mode, first.requester_id, first.offerer_id) == (
        Mode.EXPERT_MISSION,
        application.organisation.organisation_id,
        best[0].organisation.organisation_id,
    )


@pytest.mark.parametrize(("asks", "offers"), [("GH", "NL"), ("NL", "GH")])
async def test_a_day_to_answer_is_a_working_day_of_both_sides(matching: Matching, asks: str, offers: str) -> None:
    """On 6 March Ghana celebrates its independence."""
    application = an_application(organisation=an_organisation(asks))
    await matching.hears(an_offer(organisation=an_organisation(offers)), application)
    proposal = await matching.proposal(application)
    assert (proposal.reminders, proposal.respond_by) == ((date(2026, 3, 11), date(2026, 3, 16)), date(2026, 3, 17))


async def test_what_is_stored_is_what_was_announced(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    (event,) = await matching.announced()
    stored = await matching.proposal(application)
    assert event.model_dump() == stored.model_dump(exclude={"state", "reminders", "reason", "declined_by"})
    assert stored.state is ProposalState.PUBLISHED
    assert (await matching.search(application)).state is SearchState.PROPOSED


async def test_a_second_delivery_proposes_nothing_new(matching: Matching) -> None:
    messages = [matching.arriving.message(event) for event in (an_offer(), an_application())]
    for _ in range(2):
        await BatchProcessor(matching.database, SERVICE.reactions).process([*messages, messages[-1]])
    assert len(await matching.announced()) == 1


async def test_a_second_validation_of_one_application_is_set_aside(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    await matching.hears(application)
    assert len(await matching.announced()) == 2  # the proposal, and the news of the dead letter
    (detail,) = await matching.dead_letters()
    assert detail.startswith("already-searched")


async def test_nobody_suits_and_the_applicant_is_told_why(matching: Matching) -> None:
    silent = (LanguageSkill(language="nl", level=Level.C2),)
    offers = [
        an_offer(languages=silent),
        an_offer(languages=silent, modes=(Mode.INTERNSHIP,)),
        an_offer(windows=(Window(first=date(2026, 8, 1), last=date(2026, 8, 31)),)),
        an_offer(organisation=an_organisation("GH")),
        an_offer(answers=an_offer().offer_id),
    ]
    application = an_application()
    await matching.hears(*offers, application)
    (event,) = await matching.announced()
    counts = {"same-country": 1, "answers-another": 1, "mode": 1, "language": 2, "window": 1}
    assert event == NoMatchFound(
        application_id=application.application_id,
        considered=5,
        filtered=tuple(FilteredOut(filter=name, offers=number) for name, number in counts.items()),
        search=1,
    )
    search = await matching.search(application)
    assert (search.state, search.considered, search.number) == (SearchState.NO_MATCH, 5, 1)
    assert {one.filter: one.offers for one in search.filtered} == counts


async def test_closed_offers_are_not_even_looked_at_and_paused_ones_are_counted(matching: Matching) -> None:
    closed, paused = an_offer(), an_offer()
    await matching.hears(closed, paused)
    await matching.hears(
        OfferClosed(offer_id=closed.offer_id, reason="withdrawn"),
        OfferChanged(offer_id=paused.offer_id, active=False, windows=paused.windows, capacity=paused.capacity),
        an_application(),
    )
    (event,) = await matching.announced()
    assert isinstance(event, NoMatchFound)
    assert (event.considered, event.filtered) == (1, (FilteredOut(filter="inactive", offers=1),))


async def test_an_application_with_reversed_dates_is_set_aside_and_leaves_nothing(matching: Matching) -> None:
    good = an_application()
    await matching.hears(an_offer(), an_application(earliest=date(2026, 6, 2), latest=date(2026, 6, 1)), good)
    (detail,) = await matching.dead_letters()
    assert detail.startswith("dates-reversed")
    async with matching.database.reading() as connection:
        assert await connection.fetchval("SELECT count(*) FROM searches") == 1
    assert (await matching.search(good)).state is SearchState.PROPOSED
