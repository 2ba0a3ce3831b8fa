"""Where nobody was found: what could be done without, its effect before anybody chooses, and the search anew."""

import httpx
import pytest

from services.matching.rules.searches import SearchState
from shared.events.base import LanguageSkill
from shared.events.intake import ApplicationValidated
from shared.events.matching import MatchProposed, NoMatchFound, SearchRelaxed
from shared.primitives.ids import new_id
from shared.primitives.terms import Level
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR, signed_in

ENGLISH = (LanguageSkill(language="en", level=Level.C2),)
KHMER = (LanguageSkill(language="km", level=Level.C2),)


def relaxations(application: ApplicationValidated) -> str:
    return f"/applications/{application.application_id}/relaxations"


async def test_the_effect_is_told_first_and_then_chosen(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(
        *(an_offer(languages=KHMER) for _ in range(2)), an_offer(organisation=an_organisation("GH")), application
    )
    applicant = signed_in(application.organisation.organisation_id)
    effects = (await client.get(relaxations(application), headers=applicant)).json()
    assert [(one["relax"], one["passed"]) for one in effects if one["passed"]] == [
        (["interpretation"], 2),
        (["same-country"], 1),
    ]
    assert effects[0]["words"] == "With interpretation, 2 offers would pass."
    assert (await matching.search(application)).state is SearchState.NO_MATCH
    body = {"relax": ["interpretation"]}
    relaxed = await client.post(relaxations(application), json=body, headers=applicant)
    assert (relaxed.status_code, relaxed.json()["state"], relaxed.json()["relax"]) == (
        200,
        "proposed",
        ["interpretation"],
    )
    told = (await matching.announced())[1:]
    assert told[0] == SearchRelaxed(application_id=application.application_id, relax=("interpretation",))
    assert [one.score for one in told if isinstance(one, MatchProposed)] == [effects[0]["best"]] * 2


async def test_what_was_relaxed_holds_for_later_looks(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(application)
    body = {"relax": ["interpretation"]}
    assert (await client.post(relaxations(application), json=body, headers=COORDINATOR)).json()["state"] == "no-match"
    await matching.hears(an_offer(languages=KHMER))
    assert len(await matching.proposals(application)) == 1
    assert isinstance((await matching.announced())[-1], MatchProposed)


@pytest.mark.parametrize(("unseen", "spoken"), [(False, ENGLISH), (True, KHMER)])
async def test_an_offer_of_the_same_sector_that_comes_later_is_proposed_where_that_is_enough(
    matching: Matching, client: httpx.AsyncClient, unseen: bool, spoken: tuple[LanguageSkill, ...]
) -> None:
    """At once, or with the schedule where the two could not see each other when the offer came."""
    strict, relaxed = an_application(), an_application()
    await matching.hears(strict, relaxed)
    body = {"relax": ["knowledge"]}
    assert (await client.post(relaxations(relaxed), json=body, headers=COORDINATOR)).json()["state"] == "no-match"
    near, far = [an_offer(themes=("water",), dac=(code,), languages=spoken) for code in ("14021", "15110")]
    await matching.hears(near, far)
    if unseen:
        assert await matching.proposals(relaxed) == []
        await matching.database.pool.execute("""UPDATE offers SET languages = '{"en": "C2"}'""")
        await matching.lets_time_work()
    assert (await matching.proposal(relaxed)).offer_id == near.offer_id
    assert (await matching.search(strict)).state is SearchState.NO_MATCH


async def test_those_who_declined_are_asked_again_once(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    first = await matching.proposal(application)
    await matching.declines(first.offerer_id, first.proposal_id)
    assert (await matching.search(application)).state is SearchState.NO_MATCH
    body = {"relax": ["earlier-proposal"]}
    assert (await client.post(relaxations(application), json=body, headers=COORDINATOR)).json()["state"] == "proposed"
    second, _ = await matching.proposals(application)
    await matching.declines(second.offerer_id, second.proposal_id)
    assert (await matching.search(application)).state is SearchState.NO_MATCH
    assert isinstance((await matching.announced())[-1], NoMatchFound)


async def test_bad_wishes_are_refused(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(application)
    for relax in ([], ["excluded"], ["everything"]):
        answer = await client.post(relaxations(application), json={"relax": relax}, headers=COORDINATOR)
        assert answer.status_code == 422
    body = {"relax": ["mode"]}
    assert (await client.post(relaxations(application), json=body, headers=COORDINATOR)).status_code == 200
    again = await client.post(relaxations(application), json=body, headers=COORDINATOR)
    assert (again.status_code, again.json()["code"]) == (422, "nothing-to-relax")
    await matching.hears(an_offer())
    late = await client.post(relaxations(application), json={"relax": ["window"]}, headers=COORDINATOR)
    assert (late.status_code, late.json()["code"]) == (409, "not-without-match")


async def test_a_stranger_neither_sees_nor_relaxes(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(application)
    stranger, expert = signed_in(new_id()), signed_in(application.organisation.organisation_id, "expert")
    assert (await client.get(relaxations(application), headers=stranger)).status_code == 404
    body = {"relax": ["mode"]}
    assert (await client.post(relaxations(application), json=body, headers=stranger)).status_code == 404
    assert (await client.post(relaxations(application), json=body, headers=expert)).status_code == 403
