"""A programme may favour those who take part for the first time, and the South for the South: nobody is hidden."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from services.matching.engine.values import Weights
from services.matching.live.rounds import compute_next
from services.matching.rules.policy import USUAL
from shared.events.evaluation import EvaluationSubmitted, Rating, SurveyKind
from shared.events.intake import ApplicationValidated, OfferPublished
from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR

FAVOUR = {"first_timers": 8, "south_south": 4}


async def with_a_past(matching: Matching, offer: OfferPublished) -> OfferPublished:
    """The offer after an exchange that was rated well."""
    application = an_application()
    await matching.hears(offer, application)
    match = await matching.agree(await matching.proposal(application))
    rated = EvaluationSubmitted(
        survey_id=new_id(),
        exchange_id=new_id(),
        application_id=application.application_id,
        respondent_id=match.requester_id,
        kind=SurveyKind.AFTER,
        ratings=(Rating(item="useful", value=5),),
    )
    await matching.hears(rated)
    return offer


@pytest.fixture
async def three(matching: Matching) -> tuple[OfferPublished, OfferPublished, OfferPublished]:
    """A veteran, who scores most; a newcomer of the North with a little less; one of the South with less again."""
    veteran = await with_a_past(matching, an_offer(capacity=9, years_in_role=10))
    newcomer = an_offer(years_in_role=9)
    southern = an_offer(organisation=an_organisation("KE"), years_in_role=2)
    await matching.hears(newcomer, southern)
    return veteran, newcomer, southern


def terms(**changes: object) -> dict[str, Any]:
    return {"weights": Weights().model_dump(), "proposals": 3, "answer_days": 10, **changes}


async def set_favour(client: httpx.AsyncClient, favour: Mapping[str, float]) -> None:
    body = {"terms": terms(favour=favour), "based_on": 1}
    answer = await client.post(f"/programmes/{USUAL}/policy", json=body, headers=COORDINATOR)
    assert answer.status_code == 201, answer.text
    assert answer.json()["favour"] == {"first_timers": 0, "south_south": 0, **favour}


async def order(matching: Matching, application: ApplicationValidated) -> list[str]:
    """The offers that are proposed, by rank."""
    proposals = sorted(await matching.proposals(application), key=lambda one: one.rank)
    return [str(one.offer_id) for one in proposals]


async def test_nobody_is_favoured_until_a_programme_says_so(
    matching: Matching, three: tuple[OfferPublished, ...]
) -> None:
    application = an_application()
    await matching.hears(application)
    proposals = await matching.proposals(application)
    assert {one.offer_id for one in proposals} == {one.offer_id for one in three}
    assert [one.score for one in proposals] == sorted((one.score for one in proposals), reverse=True)
    assert all(each.factor != "fairness" for one in proposals for each in one.contributions)


async def test_who_is_favoured_comes_first_with_the_score_and_the_company_of_before(
    matching: Matching, client: httpx.AsyncClient, three: tuple[OfferPublished, ...]
) -> None:
    veteran, newcomer, southern = (str(one.offer_id) for one in three)
    before, after = an_application(), an_application()
    await matching.hears(before)
    await set_favour(client, FAVOUR)
    await matching.hears(after)
    assert (await order(matching, before))[0] == veteran
    assert await order(matching, after) == [southern, newcomer, veteran]
    was, now = [{str(one.offer_id): one for one in await matching.proposals(case)} for case in (before, after)]
    assert {one: was[one].score for one in was} == {one: now[one].score for one in now}
    assert now[southern].contributions[-1].because == ("first-timer:8", "south-south:4")
    assert (now[southern].contributions[-1].factor, now[southern].contributions[-1].points) == ("fairness", 0)
    assert now[veteran].contributions == was[veteran].contributions
    for one in now.values():
        assert one.score == pytest.approx(sum(each.points for each in one.contributions))


async def test_the_desk_shows_what_favour_would_change_before_it_is_saved(
    matching: Matching, client: httpx.AsyncClient, three: tuple[OfferPublished, ...]
) -> None:
    veteran, newcomer, southern = (str(one.offer_id) for one in three)
    application = an_application()
    await matching.hears(application)
    path = f"/applications/{application.application_id}/ranking"
    tried = (await client.post(f"{path}/trials", json={"favour": FAVOUR}, headers=COORDINATOR)).json()
    assert [(one["offer_id"], one["was"]) for one in tried["offers"]] == [(southern, 3), (newcomer, 2), (veteran, 1)]
    assert [round(one["placed"] - one["score"], 2) for one in tried["offers"]] == [12, 8, 0]
    assert tried["favour"] == FAVOUR
    alone = terms(favour={"first_timers": 8}, proposals=1)
    effect = (await client.post(f"/programmes/{USUAL}/policy/trials", json=alone, headers=COORDINATOR)).json()
    assert effect["before"]["first_timers"] == pytest.approx(2 / 3)
    assert effect["after"]["first_timers"] == 1
    assert [one["after"] for one in effect["changed"]] == [[newcomer]]
    assert (await order(matching, application))[0] == veteran


async def test_what_an_offer_lacks_to_be_proposed_goes_by_places(
    matching: Matching, client: httpx.AsyncClient, three: tuple[OfferPublished, ...]
) -> None:
    veteran, _newcomer, southern = three
    beginner = an_offer(years_in_role=0)
    await matching.hears(an_offer(years_in_role=9), beginner)
    await set_favour(client, FAVOUR)
    application = an_application()
    await matching.hears(application)
    path = f"/applications/{application.application_id}/ranking"
    offers = (await client.get(path, headers=COORDINATOR)).json()["offers"]
    why = (await client.get(f"{path}/{veteran.offer_id}", headers=COORDINATOR)).json()
    assert (why["rank"], offers[3]["offer_id"]) == (4, str(veteran.offer_id))
    assert why["missing"] == pytest.approx(offers[2]["placed"] - why["score"])
    favoured = (await client.get(f"{path}/{beginner.offer_id}", headers=COORDINATOR)).json()
    assert (favoured["rank"], favoured["score"]) == (5, offers[4]["placed"] - FAVOUR["first_timers"])
    assert favoured["missing"] == pytest.approx(offers[2]["placed"] - offers[4]["placed"])
    first = (await client.get(f"{path}/{southern.offer_id}?language=fr", headers=COORDINATOR)).json()
    assert "première fois" in first["words"]["pair"]["factors"][-1]["because"]


async def test_a_round_is_fair_in_its_own_way(matching: Matching, client: httpx.AsyncClient) -> None:
    await matching.lets_coordinators_choose(USUAL, based_on=1, favour=FAVOUR)
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    ordered = (await client.post("/rounds", json={"programme": USUAL}, headers=COORDINATOR)).json()
    assert await compute_next(matching.database)
    (pair,) = (await client.get(f"/rounds/{ordered['round_id']}/pairs", headers=COORDINATOR)).json()
    ranking = await client.get(f"/applications/{application.application_id}/ranking", headers=COORDINATOR)
    assert (pair["score"], ranking.json()["offers"][0]["placed"]) == (
        ranking.json()["offers"][0]["score"],
        ranking.json()["offers"][0]["score"] + FAVOUR["first_timers"],
    )


async def test_relaxing_tells_the_best_score_without_favour(matching: Matching, client: httpx.AsyncClient) -> None:
    await set_favour(client, {"first_timers": 20})
    at_home, application = an_offer(organisation=an_organisation("GH")), an_application()
    await matching.hears(at_home, application)
    path = f"/applications/{application.application_id}"
    effects = (await client.get(f"{path}/relaxations", headers=COORDINATOR)).json()
    tried = await client.post(f"{path}/ranking/trials", json={"relax": ["same-country"]}, headers=COORDINATOR)
    assert effects[0]["best"] == tried.json()["offers"][0]["score"]


@pytest.mark.parametrize("wrong", [{"first_timers": -1}, {"south_south": 20.5}, {"north": 1}, {"first_timers": "much"}])
async def test_favour_has_limits(client: httpx.AsyncClient, wrong: dict[str, object]) -> None:
    answer = await client.post(
        f"/programmes/{USUAL}/policy", json={"terms": terms(favour=wrong), "based_on": 1}, headers=COORDINATOR
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
    assert answer.json()["errors"][0]["pointer"].startswith("/terms/favour/")
