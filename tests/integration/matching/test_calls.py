"""No match, then a call to associations, then an offer that answers it."""

from datetime import date, timedelta

import httpx
import pytest

from services.matching.rules.searches import SearchState
from services.matching.rules.views import SearchView
from services.matching.use_cases import OpenCall, open_call
from shared.events.base import LanguageSkill
from shared.events.intake import ApplicationValidated, OfferClosed
from shared.events.matching import CallOpened, MatchProposed, NoMatchFound
from shared.primitives.errors import Forbidden, Invalid, NotFound, WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Mode, OrganisationKind, Role
from tests.builders.matching import COORDINATOR, an_application, an_association, an_offer, an_organisation, somebody_of
from tests.fakes.clock import FakeClock
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR as IN_CHARGE
from tests.integration.matching.test_matching_api import signed_in

CLOSES = date(2026, 4, 1)


async def call(matching: Matching, application: ApplicationValidated, closes_on: date = CLOSES) -> SearchView:
    return await matching.does(COORDINATOR, open_call, OpenCall(application.application_id, closes_on))


async def test_a_call_goes_to_associations_that_share_a_language(matching: Matching) -> None:
    dutch, french = an_association("NL", "nl", "en"), an_association("FR", "fr")
    at_home = an_association("GH", "en")
    application = an_application()
    await matching.hears(dutch, french, at_home, application)
    search = await call(matching, application)
    opened = (await matching.announced())[-1]
    assert opened == CallOpened(
        application_id=application.application_id,
        themes=("sanitation",),
        languages=("en",),
        associations=(dutch.organisation_id,),
        closes_on=CLOSES,
    )
    assert search.state is SearchState.CALLED
    assert search.call is not None
    assert search.call.associations == (dutch.organisation_id,)
    assert await matching.search(application) == search


async def test_those_whose_members_know_the_theme_are_asked_first(matching: Matching) -> None:
    """Offers of members, also of one that is closed by now, and those of the association itself."""
    silent, known, own = [an_association(country, "en") for country in ("SE", "NL", "IE")]
    by_member = an_organisation("NL", association_id=known.organisation_id)
    itself = an_organisation("IE", organisation_id=own.organisation_id, kind=OrganisationKind.ASSOCIATION)
    in_dutch = {"languages": (LanguageSkill(language="nl", level=Level.C2),)}
    offers = [an_offer(organisation=by_member, **in_dutch) for _ in range(2)]
    elsewhere = an_offer(
        organisation=an_organisation("SE", association_id=silent.organisation_id), themes=("tourism",), dac=()
    )
    application = an_application()
    await matching.hears(silent, known, own, *offers, an_offer(organisation=itself, **in_dutch), elsewhere, application)
    await matching.hears(OfferClosed(offer_id=offers[0].offer_id, reason="withdrawn"))
    search = await call(matching, application)
    assert search.call is not None
    assert search.call.associations == (known.organisation_id, own.organisation_id, silent.organisation_id)


async def test_an_offer_that_answers_the_call_restarts_the_matching(matching: Matching) -> None:
    application = an_application()
    await matching.hears(application)
    await call(matching, application)
    await matching.announced()
    answer = an_offer(answers=application.application_id, themes=("waste",), dac=("14050",))
    await matching.hears(answer)
    (proposed,) = await matching.announced()
    assert isinstance(proposed, MatchProposed)
    assert (proposed.offer_id, proposed.search) == (answer.offer_id, 2)
    assert (await matching.agree(await matching.proposal(application))).state == "confirmed"


async def test_a_standing_offer_restarts_the_matching_after_the_call_too(matching: Matching) -> None:
    application = an_application()
    await matching.hears(application)
    await call(matching, application)
    await matching.hears(an_offer())
    assert (await matching.search(application)).state is SearchState.PROPOSED


async def test_an_answer_that_does_not_fit_is_explained_and_the_call_stays_open(matching: Matching) -> None:
    application = an_application()
    await matching.hears(application)
    await call(matching, application)
    await matching.announced()
    await matching.hears(an_offer(answers=application.application_id, modes=(Mode.INTERNSHIP,)))
    (nothing,) = await matching.announced()
    assert isinstance(nothing, NoMatchFound)
    assert ({one.filter: one.offers for one in nothing.filtered}, nothing.search) == ({"mode": 1}, 2)
    assert (await matching.search(application)).state is SearchState.CALLED


async def test_an_answer_joins_what_is_proposed_already(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    await matching.announced()
    answer = an_offer(answers=application.application_id)
    await matching.hears(answer)
    (proposed,) = await matching.announced()
    assert isinstance(proposed, MatchProposed)
    assert (proposed.offer_id, proposed.rank, proposed.search) == (answer.offer_id, 2, 1)
    await matching.hears(answer)
    assert await matching.announced() == []


async def test_an_answer_to_somebody_else_is_never_proposed(matching: Matching) -> None:
    asked, other = an_application(), an_application()
    await matching.hears(asked, other, an_offer(answers=asked.application_id))
    assert (await matching.search(asked)).state is SearchState.PROPOSED
    assert (await matching.search(other)).state is SearchState.NO_MATCH


async def test_a_newer_association_is_known_by_its_newest_facts(matching: Matching) -> None:
    association = an_association("NL", "nl")
    await matching.hears(association, association.model_copy(update={"languages": ("nl", "en")}))
    application = an_application()
    await matching.hears(application)
    search = await call(matching, application)
    assert search.call is not None
    assert search.call.associations == (association.organisation_id,)


async def test_calls_that_can_not_be_opened_say_why(matching: Matching) -> None:
    matched, unmatched = an_application(), an_application(themes=("tourism",), dac=())
    await matching.hears(an_offer(), matched, unmatched)
    with pytest.raises(WrongState, match="not-without-match"):
        await call(matching, matched)
    with pytest.raises(Invalid, match="call-closes-too-early"):
        await call(matching, unmatched, date(2026, 3, 2))
    with pytest.raises(NotFound):
        await call(matching, an_application())
    applicant = somebody_of(unmatched.organisation.organisation_id)
    with pytest.raises(Forbidden):
        await matching.does(applicant, open_call, OpenCall(new_id(), CLOSES))
    await call(matching, unmatched)
    with pytest.raises(WrongState, match="call-open"):
        await call(matching, unmatched)


async def test_a_call_that_nobody_answers_ends_the_search_after_its_last_day(
    matching: Matching, clock: FakeClock
) -> None:
    unanswered, answered, prolonged = [an_application(themes=(one,), dac=()) for one in ("tourism", "waste", "water")]
    await matching.hears(unanswered, answered, prolonged)
    for one in (unanswered, answered, prolonged):
        await call(matching, one)
    await call(matching, prolonged, CLOSES + timedelta(days=30))
    await matching.hears(an_offer(themes=("waste",), dac=()))
    await matching.announced()
    clock.move(CLOSES - clock.now.date())
    assert await matching.runs("close calls") == 0
    clock.move(timedelta(days=1))
    assert (await matching.lets_time_work())["close calls"] == 1
    (nothing,) = [one for one in await matching.announced() if isinstance(one, NoMatchFound) and one.final]
    assert (nothing.application_id, nothing.search) == (unanswered.application_id, 1)
    states = [(await matching.search(one)).state for one in (unanswered, answered, prolonged)]
    assert states[0] is SearchState.CLOSED
    assert states[2] is SearchState.CALLED
    assert states[1] is not SearchState.CLOSED
    await matching.hears(an_offer(themes=("tourism",), dac=(), answers=unanswered.application_id))
    assert await matching.proposals(unanswered) == []


async def test_an_association_reads_the_open_calls_to_itself_and_no_others(
    matching: Matching, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    dutch, french = an_association("NL", "en"), an_association("FR", "fr")
    english = an_application(title="A market hall for the town", themes=("tourism",))
    in_french = an_application(languages=(LanguageSkill(language="fr", level=Level.C1),))
    uncalled = an_application()
    await matching.hears(dutch, french, english, in_french, uncalled)
    for one in (english, in_french):
        await call(matching, one)

    async def read(who: dict[str, str], **query: str) -> list[dict[str, object]]:
        answer = await client.get("/calls", params=query, headers=who)
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    (found,) = await read(signed_in(dutch.organisation_id, "association"))
    assert (found["application_id"], found["title"]) == (str(english.application_id), english.title)
    assert (found["themes"], found["languages"], found["closes_on"]) == (["tourism"], ["en"], CLOSES.isoformat())
    assert found["associations"] == [str(dutch.organisation_id)]
    both = [str(one) for one in sorted((english.application_id, in_french.application_id))]
    assert [one["application_id"] for one in await read(IN_CHARGE)] == both
    assert [one["application_id"] for one in await read(IN_CHARGE, limit="1", after=both[0])] == both[1:]
    assert await read(signed_in(new_id(), "association")) == []
    clock.move(CLOSES - clock.now.date())
    assert len(await read(IN_CHARGE)) == 2
    clock.move(timedelta(days=1))
    assert await read(IN_CHARGE) == []


async def test_only_coordinators_and_those_of_an_association_read_calls(client: httpx.AsyncClient) -> None:
    for role in set(Role) - {Role.COORDINATOR, Role.ASSOCIATION}:
        assert (await client.get("/calls", headers=signed_in(new_id(), role))).status_code == 403
    of_none = {"Authorization": "Bearer association"}
    assert (await client.get("/calls", headers=of_none)).status_code == 403
