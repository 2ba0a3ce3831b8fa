"""The index of offers follows their events, and only the newest of them."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import httpx

from services.matching.engine.values import Candidate, Days
from services.matching.rules.searches import SearchState
from services.matching.storage import marks
from services.matching.storage.offers import in_portions
from services.matching.use_cases import index_offer
from services.matching.wiring import SERVICE
from shared.events.base import LanguageSkill, Window
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished
from shared.events.matching import MatchProposed, NoMatchFound
from shared.primitives.terms import Level
from shared.streaming.batch import BatchProcessor
from shared.streaming.message import Readable, read
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR

JUNE = Window(first=date(2026, 6, 1), last=date(2026, 6, 30))


async def indexed(matching: Matching) -> dict[UUID, Candidate]:
    async with matching.database.reading() as connection:
        return {one.offer_id: one async for some in in_portions(connection, 2) for one in some}


def changed(offer: OfferPublished, **changes: object) -> OfferChanged:
    facts = {"offer_id": offer.offer_id, "active": True, "windows": offer.windows, "capacity": offer.capacity}
    return OfferChanged.model_validate(facts | changes)


async def test_an_offer_comes_out_as_it_went_in(matching: Matching) -> None:
    skills = (LanguageSkill(language="en-GB", level=Level.C1), LanguageSkill(language="fr", level=Level.B1))
    offer = an_offer(windows=(JUNE,), languages=skills, capacity=3)
    await matching.hears(offer)
    (found,) = (await indexed(matching)).values()
    assert found.windows == (Days(JUNE.first, JUNE.last),)
    assert found.languages == {"en": Level.C1, "fr": Level.B1}
    assert found.themes == frozenset(offer.themes)
    assert (found.sdgs, found.dac) == (frozenset(offer.sdgs), frozenset(offer.dac))
    assert (found.modes, found.position, found.years_in_role) == (offer.modes, offer.position, offer.years_in_role)
    assert (found.organisation_id, found.member_id) == (offer.organisation.organisation_id, offer.member_id)
    assert (found.active, found.capacity, found.reserved, found.answers) == (True, 3, 0, None)
    assert (found.place.country, found.place.population, found.place.income) == ("NL", 80_000, 3)


async def test_an_offer_that_does_not_say_how_many_days_a_year_is_not_taken_for_none(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(days_a_year=0), application)
    assert (await matching.search(application)).state is SearchState.PROPOSED


async def test_changes_show_at_once(matching: Matching) -> None:
    offer = an_offer()
    await matching.hears(offer, changed(offer, active=False, windows=(JUNE,), capacity=4))
    found = (await indexed(matching))[offer.offer_id]
    assert (found.active, found.windows, found.capacity) == (False, (Days(JUNE.first, JUNE.last),), 4)
    await matching.hears(OfferClosed(offer_id=offer.offer_id, reason="expired"))
    assert await indexed(matching) == {}


async def test_older_news_never_overwrites_newer(matching: Matching) -> None:
    offer = an_offer()
    messages = [matching.arriving.message(event) for event in (offer, changed(offer, capacity=2))]
    messages += [matching.arriving.message(changed(offer, capacity=3))]
    processor = BatchProcessor(matching.database, SERVICE.reactions)
    await processor.process([messages[0], messages[2]])
    await processor.process([messages[1]])
    assert (await indexed(matching))[offer.offer_id].capacity == 3
    assert await matching.dead_letters() == []


async def test_an_older_publication_never_overwrites_a_newer_one(matching: Matching) -> None:
    offer = an_offer(capacity=1)
    older, newer = (matching.arriving.message(offer.model_copy(update={"capacity": number})) for number in (1, 5))
    processor = BatchProcessor(matching.database, SERVICE.reactions)
    await processor.process([newer])
    await processor.process([older])
    assert (await indexed(matching))[offer.offer_id].capacity == 5


async def test_an_offer_that_is_published_again_keeps_what_is_reserved(matching: Matching) -> None:
    offer, application = an_offer(capacity=2), an_application()
    await matching.hears(offer, application)
    await matching.agree(await matching.proposal(application))
    await matching.hears(offer.model_copy(update={"years_in_role": 20}))
    found = (await indexed(matching))[offer.offer_id]
    assert (found.years_in_role, found.reserved, len(found.booked)) == (20, 1, 1)


async def test_news_of_an_offer_that_was_never_published_is_set_aside(matching: Matching) -> None:
    await matching.hears(OfferClosed(offer_id=uuid4(), reason="expired"), changed(an_offer()))
    assert [detail.split(":")[0] for detail in await matching.dead_letters()] == ["no-such-offer"] * 2


async def test_impossible_values_are_set_aside_and_the_rest_of_the_batch_is_done(matching: Matching) -> None:
    reversed_window = Window(first=date(2026, 6, 2), last=date(2026, 6, 1))
    good = an_offer()
    await matching.hears(an_offer(capacity=-1), an_offer(windows=(reversed_window,)), good)
    assert len(await matching.dead_letters()) == 2
    assert set(await indexed(matching)) == {good.offer_id}


async def test_days_up_to_the_end_of_the_calendar_can_be_reckoned_with(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    end = date(9999, 12, 31)
    for_ever, too_late = [an_offer(windows=(Window(first=first, last=end),)) for first in (JUNE.first, end)]
    long, last_day = an_application(latest=end), an_application(earliest=end, latest=end)
    await matching.hears(for_ever, too_late, long, last_day)
    assert [detail.split(":")[0] for detail in await matching.dead_letters()] == ["DataError"]
    assert (await matching.proposal(long)).offer_id == for_ever.offer_id
    assert (await matching.search(last_day)).state is SearchState.NO_MATCH
    for application in (long, last_day):
        path = f"/applications/{application.application_id}/relaxations"
        assert (await client.get(path, headers=COORDINATOR)).status_code == 200


async def test_an_offer_that_comes_later_ends_a_search_without_a_match(matching: Matching) -> None:
    application = an_application()
    await matching.hears(application)
    await matching.hears(an_offer(themes=("tourism",), dac=("33210",)))
    offer = an_offer()
    await matching.hears(offer)
    nothing, proposed = await matching.announced()
    assert isinstance(nothing, NoMatchFound)
    assert isinstance(proposed, MatchProposed)
    assert (proposed.offer_id, nothing.search, proposed.search) == (offer.offer_id, 1, 2)
    assert (await matching.search(application)).state is SearchState.PROPOSED


async def test_an_offer_that_is_active_again_ends_a_search_without_a_match(matching: Matching) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, changed(offer, active=False), application, changed(offer))
    assert (await matching.proposal(application)).offer_id == offer.offer_id


async def test_a_search_and_an_offer_that_did_not_see_each_other_meet_soon(matching: Matching) -> None:
    application, offer = an_application(), an_offer()
    publication = read(matching.arriving.message(offer))
    assert isinstance(publication, Readable)
    async with matching.database.unit_of_work() as work:
        await index_offer(work.caused_by(publication.envelope), offer)
        await matching.hears(application)  # committed before the offer is
    assert (await matching.search(application)).state is SearchState.NO_MATCH
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposal(application)).offer_id == offer.offer_id
    assert await matching.lets_time_work() == {}


async def test_what_changed_while_nobody_looked_is_brought_to_searches_however_long_that_was(
    matching: Matching,
) -> None:
    application, offer = an_application(), an_offer()
    publication = read(matching.arriving.message(offer))
    assert isinstance(publication, Readable)
    await matching.lets_time_work()
    async with matching.database.unit_of_work() as work:
        await index_offer(work.caused_by(publication.envelope), offer)
        await matching.hears(application)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("UPDATE offers SET changed_at = now() - interval '3 days'")
        await work.connection.execute("UPDATE marks SET looked_at = now() - interval '3 days'")
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposal(application)).offer_id == offer.offer_id
    async with matching.database.reading() as connection:
        assert await marks.since_last(connection, "retry unmatched") < timedelta(hours=1)


async def test_an_answer_that_a_search_with_proposals_did_not_see_joins_them_soon(matching: Matching) -> None:
    application = an_application()
    answer = an_offer(answers=application.application_id)
    publication = read(matching.arriving.message(answer))
    assert isinstance(publication, Readable)
    async with matching.database.unit_of_work() as work:
        await index_offer(work.caused_by(publication.envelope), answer)
        await matching.hears(an_offer(), application)
    assert await matching.lets_time_work() == {"retry unmatched": 1}
    assert (await matching.proposals(application))[1].offer_id == answer.offer_id
    assert await matching.lets_time_work() == {}


async def test_an_offer_without_a_window_is_there_and_ruled_out_for_its_window(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(windows=()), application)
    search = await matching.search(application)
    assert [(one.filter, one.offers) for one in search.filtered] == [("window", 1)]


async def test_codes_that_nobody_knows_match_nothing_and_break_nothing(matching: Matching) -> None:
    unknown = (LanguageSkill(language="tlh", level=Level.C2),)
    application = an_application(themes=("alchemy",), dac=(), languages=unknown)
    await matching.hears(an_offer(), an_offer(themes=("alchemy",), languages=unknown), application)
    (proposal,) = await matching.proposals(application)
    assert "language:tlh" in proposal.contributions[3].because
    assert await matching.dead_letters() == []
