"""Each programme sets how it matches; what was set when a search began holds until its end."""

import asyncio
from typing import Any

import httpx
import pytest

from services.matching.live.rounds import compute_next
from services.matching.rules.policy import USUAL
from shared.events.base import LanguageSkill
from shared.primitives.ids import new_id
from shared.primitives.terms import Level
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR, signed_in

DANUBE = "/programmes/danube/policy"
LANGUAGE_FIRST = {"knowledge": 10, "position": 10, "context": 10, "language": 60, "availability": 10}


def terms(**changes: object) -> dict[str, object]:
    return {"weights": LANGUAGE_FIRST, "proposals": 2, "answer_days": 5, **changes}


async def saved(client: httpx.AsyncClient, path: str = DANUBE, based_on: int | None = None, **changes: object) -> Any:
    answer = await client.post(path, json={"terms": terms(**changes), "based_on": based_on}, headers=COORDINATOR)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_an_application_goes_by_the_policy_of_its_programme(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    speaks = an_offer(languages=(LanguageSkill(language="en", level=Level.C2),), years_in_role=0)
    knows = an_offer(languages=(LanguageSkill(language="en", level=Level.B2),), years_in_role=20)
    version = (await saved(client))["version"]
    usual, danube = an_application(), an_application(programme="danube")
    await matching.hears(speaks, knows, usual, danube)
    assert [one.offer_id for one in await matching.proposals(usual)] == [knows.offer_id, speaks.offer_id]
    assert [one.offer_id for one in await matching.proposals(danube)] == [speaks.offer_id, knows.offer_id]
    listed = (await client.get("/searches", headers=COORDINATOR)).json()
    assert {one["programme"]: one["open"] for one in listed} == {USUAL: 2, "danube": 2}
    newest = (await client.get("/policies", params={"programme": "danube"}, headers=COORDINATOR)).json()
    assert [one["version"] for one in newest] == [version]


async def test_a_programme_without_a_policy_of_its_own_goes_by_the_usual_one(matching: Matching) -> None:
    application = an_application(programme="nowhere")
    await matching.hears(an_offer(), application)
    assert (await matching.proposal(application)).contributions[0].out_of == 40


async def test_before_its_first_save_a_programme_has_its_own_applications_only(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    danube, usual = an_application(programme="danube"), an_application()
    await matching.hears(an_offer(), danube, usual)
    effect = (await client.post(f"{DANUBE}/trials", json=terms(), headers=COORDINATOR)).json()
    assert (effect["programme"], effect["policy"], effect["searches"]) == ("danube", 1, 1)
    listed = (await client.get("/searches", params={"programme": "danube"}, headers=COORDINATOR)).json()
    assert [(one["application_id"], one["programme"]) for one in listed] == [(str(danube.application_id), "danube")]
    ranking = await client.get(f"/applications/{danube.application_id}/ranking", headers=COORDINATOR)
    assert ranking.json()["programme"] == "danube"


async def test_a_search_from_before_the_first_save_is_its_programmes_afterwards(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    early, usual = an_application(programme="danube"), an_application()
    await matching.hears(early, usual)
    await saved(client)
    effect = (await client.post(f"{DANUBE}/trials", json=terms(), headers=COORDINATOR)).json()
    assert effect["searches"] == 1
    listed = (await client.get("/searches", params={"programme": USUAL}, headers=COORDINATOR)).json()
    assert [one["application_id"] for one in listed] == [str(usual.application_id)]


async def test_a_round_takes_the_applications_of_its_own_programme(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    await matching.lets_coordinators_choose(USUAL, based_on=1)
    danube, usual = an_application(programme="danube"), an_application()
    await matching.hears(an_offer(), an_offer(), danube, usual)
    served = {}
    for programme in ("danube", USUAL):
        order = await client.post("/rounds", json={"programme": programme}, headers=COORDINATOR)
        assert await compute_next(matching.database)
        pairs = await client.get(f"/rounds/{order.json()['round_id']}/pairs", headers=COORDINATOR)
        served[programme] = [one["application_id"] for one in pairs.json()]
    assert served == {"danube": [str(danube.application_id)], USUAL: [str(usual.application_id)]}


async def test_a_search_keeps_the_policy_that_it_began_with(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(application)
    await saved(client, f"/programmes/{USUAL}/policy", based_on=1)
    await matching.hears(an_offer())
    assert (await matching.proposal(application)).contributions[0].out_of == 40
    later = an_application()
    await matching.hears(later)
    assert (await matching.proposals(later))[0].contributions[0].out_of == 10


async def test_who_has_not_seen_the_newest_version_does_not_overwrite_it(client: httpx.AsyncClient) -> None:
    body = {"terms": terms(), "based_on": None}
    answers = await asyncio.gather(*(client.post(DANUBE, json=body, headers=COORDINATOR) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    refused = next(one.json() for one in answers if one.status_code == 409)
    assert refused["code"] == "policy-changed"


async def test_the_effect_is_shown_before_anything_is_saved(matching: Matching, client: httpx.AsyncClient) -> None:
    speaks = an_offer(languages=(LanguageSkill(language="en", level=Level.C2),), years_in_role=0)
    knows = an_offer(languages=(LanguageSkill(language="en", level=Level.B2),), years_in_role=20)
    application = an_application()
    await matching.hears(speaks, knows, application)
    path = f"/programmes/{USUAL}/policy/trials"
    effect = (await client.post(path, json=terms(proposals=1), headers=COORDINATOR)).json()
    assert (effect["searches"], effect["same_first"], effect["kept"]) == (1, 0.0, 0.5)
    assert effect["changed"] == [
        {
            "application_id": str(application.application_id),
            "before": [str(knows.offer_id), str(speaks.offer_id)],
            "after": [str(speaks.offer_id)],
        }
    ]
    assert (effect["before"]["offers"], effect["after"]["offers"]) == (2, 1)
    assert (effect["before"]["south_south"], effect["before"]["first_timers"]) == (0.0, 1.0)
    assert len((await client.get("/policies", headers=COORDINATOR)).json()) == 1


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"weights": {**LANGUAGE_FIRST, "language": -60}}, "/weights/language"),
        ({"weights": {**LANGUAGE_FIRST, "language": 61}}, "/weights"),
        ({"weights": {**LANGUAGE_FIRST, "language": "NaN"}}, "/weights/language"),
        ({"weights": {**LANGUAGE_FIRST, "charm": 0}}, "/weights/charm"),
        ({"proposals": 0}, "/proposals"),
        ({"answer_days": 0}, "/answer_days"),
        ({"publishing": "never"}, "/publishing"),
    ],
)
async def test_terms_that_make_no_sense_are_refused_at_their_place(
    client: httpx.AsyncClient, changes: dict[str, object], pointer: str
) -> None:
    answer = await client.post(f"/programmes/{USUAL}/policy/trials", json=terms(**changes), headers=COORDINATOR)
    assert answer.status_code == 422
    assert pointer in [problem["pointer"] for problem in answer.json()["errors"]]


async def test_only_coordinators_set_policies(client: httpx.AsyncClient) -> None:
    applicant = signed_in(new_id())
    assert (await client.post(DANUBE, json={"terms": terms(), "based_on": None}, headers=applicant)).status_code == 403
    assert (await client.post(f"{DANUBE}/trials", json=terms(), headers=applicant)).status_code == 403
    assert (await client.get("/policies", headers=applicant)).status_code == 403
