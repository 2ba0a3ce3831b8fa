"""Evaluation's HTTP API: what is answered to good and to bad requests."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.evaluation.wiring import SERVICE
from shared.http.auth import NotSignedIn, TokenVerifier
from shared.primitives.actor import Actor
from tests.builders.evaluation import APPLICANT, COORDINATOR, EXPERT, OFFICER, OUTSIDER, AnExchange
from tests.fakes.http import calling
from tests.integration.evaluation.conftest import Evaluation

PEOPLE = {actor.account: actor for actor in (APPLICANT, EXPERT, OFFICER, COORDINATOR, OUTSIDER)}
NOWHERE = UUID(int=9)
OWNER = str(UUID(int=8))


class KnownPeople(TokenVerifier):
    """Takes the account's name for its token."""

    async def actor(self, authorization: str | None) -> Actor:
        if authorization is None:
            raise NotSignedIn("Send a bearer token.")
        return PEOPLE[authorization.removeprefix("Bearer ")]


@pytest.fixture
async def client(evaluation: Evaluation) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(SERVICE, evaluation.database, KnownPeople("no address"), below="/v1") as client:
        yield client


def signed_in(actor: Actor, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {actor.account}", **headers}


async def first_survey(client: httpx.AsyncClient, exchange: AnExchange) -> dict[str, Any]:
    listed = await client.get(f"/exchanges/{exchange.exchange_id}/surveys", headers=signed_in(APPLICANT))
    shown = await client.get(f"/surveys/{listed.json()[0]['survey_id']}", headers=signed_in(APPLICANT))
    survey: dict[str, Any] = shown.json()
    return survey


def whole(survey: dict[str, Any]) -> dict[str, Any]:
    """Answers made from nothing but what the survey says it asks."""
    items = survey["items"]
    return {
        "ratings": [{"item": one["item"], "value": 4} for one in items if one["answer"] == "rating"],
        "texts": {one["item"]: "A plan" for one in items if one["answer"] == "text"},
    }


async def test_a_survey_says_all_that_is_needed_to_answer_it(client: httpx.AsyncClient, evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned(), exchange.agreed(), exchange.started())
    evaluation.on(exchange.last)
    await evaluation.hears(exchange.completed())
    for summary in await evaluation.surveys_of(exchange):
        actor = APPLICANT if summary.side == "requester" else EXPERT
        survey = (await client.get(f"/surveys/{summary.survey_id}", headers=signed_in(actor))).json()
        answered = await client.post(
            f"/surveys/{summary.survey_id}/answers", json=whole(survey), headers=signed_in(actor)
        )
        assert (answered.status_code, answered.json()["state"]) == (200, "submitted"), answered.text
        assert answered.json()["ratings"] == whole(survey)["ratings"]


async def test_a_missing_item_is_answered_with_its_place(client: httpx.AsyncClient, evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = await first_survey(client, exchange)
    body = whole(survey)
    body["ratings"][0]["value"] = 7
    body["texts"] = {}
    refused = await client.post(f"/surveys/{survey['survey_id']}/answers", json=body, headers=signed_in(APPLICANT))
    assert refused.status_code == 422
    assert refused.json()["code"] == "answers-incomplete"
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/ratings/0/value", "/texts/expectations"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"ratings": [{"item": "confidence-1", "value": "4"}]}, "/ratings/0/value"),
        ({"ratings": [{"item": "confidence-1", "value": True}]}, "/ratings/0/value"),
        ({"ratings": [{"item": "confidence-1"}]}, "/ratings/0/value"),
        ({"ratings": [{"item": "x", "value": 1}] * 101}, "/ratings"),
        ({"texts": {"expectations": None}}, "/texts/expectations"),
        ({"baseline": "many"}, "/baseline"),
        ({"remarks": "none"}, "/remarks"),
        ([], ""),
    ],
)
async def test_a_body_of_the_wrong_form_is_refused_with_its_place(
    client: httpx.AsyncClient, evaluation: Evaluation, body: object, pointer: str
) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = await first_survey(client, exchange)
    refused = await client.post(f"/surveys/{survey['survey_id']}/answers", json=body, headers=signed_in(APPLICANT))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_the_same_answer_sent_twice_with_its_key_is_stored_once(
    client: httpx.AsyncClient, evaluation: Evaluation
) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    await evaluation.announced()
    survey = await first_survey(client, exchange)
    headers = signed_in(APPLICANT, **{"Idempotency-Key": "once"})
    address = f"/surveys/{survey['survey_id']}/answers"
    first, second = [await client.post(address, json=whole(survey), headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json() == second.json()
    assert len(await evaluation.announced()) == 1
    third = await client.post(address, json=whole(survey), headers=signed_in(APPLICANT))
    assert (third.status_code, third.json()["code"]) == (409, "survey-is-submitted")


@pytest.mark.parametrize(
    "address",
    [
        f"/surveys/{NOWHERE}",
        f"/exchanges/{NOWHERE}/surveys",
        f"/exchanges/{NOWHERE}/actions",
        f"/exchanges/{NOWHERE}/practices",
        f"/exchanges/{NOWHERE}/results",
        f"/practices/{NOWHERE}",
    ],
)
async def test_what_does_not_exist_is_not_found(client: httpx.AsyncClient, address: str) -> None:
    assert (await client.get(address, headers=signed_in(COORDINATOR))).status_code == 404
    assert (await client.get(address)).status_code == 401


async def test_actions_and_practices_are_made_checked_and_listed(
    client: httpx.AsyncClient, evaluation: Evaluation
) -> None:
    exchange = await evaluation.completed_exchange()
    base = f"/exchanges/{exchange.exchange_id}"
    action = {"owner_id": OWNER, "what": "Buy bins", "due": "2026-09-01"}
    lesson = {"title": "Bins", "title_language": "en", "what_worked": "a", "what_did_not": "b", "evidence": "c"}
    agreed = await client.post(f"{base}/actions", json=action, headers=signed_in(APPLICANT))
    assert agreed.status_code == 201
    drafted = await client.post(f"{base}/practices", json=lesson, headers=signed_in(EXPERT))
    practice = f"/practices/{drafted.json()['practice_id']}"
    sent_back = {"decision": "return", "reason": "evidence-missing"}
    returned = await client.post(f"{practice}/check", json=sent_back, headers=signed_in(OFFICER))
    revised = await client.post(f"{practice}/revision", json=lesson, headers=signed_in(EXPERT))
    published = await client.post(f"{practice}/check", json={"decision": "publish"}, headers=signed_in(OFFICER))
    states = [answer.json()["state"] for answer in (drafted, returned, revised, published)]
    assert states == ["association-check", "revision", "association-check", "published"]
    for actor in (APPLICANT, EXPERT, OFFICER, COORDINATOR):
        listed = [await client.get(f"{base}/{what}", headers=signed_in(actor)) for what in ("actions", "practices")]
        assert [len(answer.json()) for answer in listed] == [1, 1]
    assert (await client.get(practice, headers=signed_in(OUTSIDER))).json() == published.json()


async def test_what_a_role_may_not_do_is_forbidden(client: httpx.AsyncClient, evaluation: Evaluation) -> None:
    exchange = await evaluation.completed_exchange()
    survey = await first_survey(client, exchange)
    action = {"owner_id": OWNER, "what": "Buy bins", "due": "2026-09-01"}
    tried = [
        await client.post(f"/surveys/{survey['survey_id']}/answers", json=whole(survey), headers=signed_in(OUTSIDER)),
        await client.post(f"/surveys/{survey['survey_id']}/waiver", json={"reason": "x"}, headers=signed_in(APPLICANT)),
        await client.post(f"/exchanges/{exchange.exchange_id}/actions", json=action, headers=signed_in(EXPERT)),
        await client.get("/results", headers=signed_in(APPLICANT)),
    ]
    assert [answer.status_code for answer in tried] == [403] * 4
    assert (await client.get("/results", headers=signed_in(OFFICER))).status_code == 200
    waived = await client.post(
        f"/surveys/{survey['survey_id']}/waiver", json={"reason": "flood"}, headers=signed_in(COORDINATOR)
    )
    assert (waived.status_code, waived.json()["state"], waived.json()["reason"]) == (200, "waived", "flood")


async def test_a_text_that_can_not_be_stored_is_refused(client: httpx.AsyncClient, evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = await first_survey(client, exchange)
    body = whole(survey) | {"texts": {"expectations": "a\0b"}}
    refused = await client.post(f"/surveys/{survey['survey_id']}/answers", json=body, headers=signed_in(APPLICANT))
    assert (refused.status_code, refused.json()["code"]) == (422, "unstorable-value")
