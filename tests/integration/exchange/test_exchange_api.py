"""The HTTP API: what a caller sends, and what comes back."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.exchange.rules import Part
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode
from tests.builders.exchange import APPLICATION, ASSOCIATION, FIRST, OFFERER, PEOPLE, REQUESTER, THIRD, a_plan
from tests.integration.exchange.conftest import Exchanges, an_action, an_answer

LAST = a_plan().last
SCHEDULE: dict[str, Any] = {
    "first": str(FIRST),
    "last": str(LAST),
    "participants": [
        {"organisation_id": str(one.organisation_id), "part": one.part, "member_id": str(one.member_id)}
        for one in PEOPLE[Mode.EXPERT_MISSION]
    ],
}
AGREEMENT = {"association_id": str(ASSOCIATION), "organisations": [str(THIRD)]}
AS = {who: {"Authorization": who} for who in ("coordinator", "applicant", "officer", "reader")}
BODILESS = ("drafting", "association-confirmation", "readiness", "follow-up", "closure")
BAD_BODIES: list[tuple[str, dict[str, Any], str]] = [
    ("agreement", {}, "/association_id"),
    ("agreement", {"association_id": "somebody"}, "/association_id"),
    ("agreement", {**AGREEMENT, "organisations": 101 * [str(THIRD)]}, "/organisations"),
    ("agreement", {**AGREEMENT, "because": "I say so"}, "/because"),
    ("schedule", {**SCHEDULE, "participants": []}, "/participants"),
    ("schedule", {**SCHEDULE, "participants": 201 * SCHEDULE["participants"][:1]}, "/participants"),
    ("schedule", {**SCHEDULE, "participants": [{"part": "guru"}]}, "/participants/0/part"),
    ("schedule", {**SCHEDULE, "first": "13 May"}, "/first"),
    ("checklist", {"item": "snacks", "done": True}, "/item"),
    ("checklist", {"item": "safety", "done": True, "participant": 0}, "/participant"),
    ("start", {"on": "yesterday"}, "/on"),
    ("report", {"summary": "  "}, "/summary"),
    ("report", {"summary": "x" * 10_001}, "/summary"),
    ("report", {"summary": "x", "language": "the language of my town"}, "/language"),
    ("report", {"summary": "x", "recommendations": [""]}, "/recommendations/0"),
    ("report", {"summary": "x", "recommendations": "one long text"}, "/recommendations"),
    ("postponement", {"first": str(FIRST), "last": str(LAST)}, "/reason"),
    ("conversion", {"reason": "The mayor is ill"}, "/reason"),
    ("cancellation", {}, "/reason"),
]


async def post(
    api: httpx.AsyncClient, exchange_id: UUID, what: str, body: Any = None, **headers: str
) -> httpx.Response:
    return await api.post(f"/v1/exchanges/{exchange_id}/{what}", json=body, headers=headers)


def places(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_case_is_led_from_plan_to_close_over_http(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()

    async def step(what: str, body: Any = None) -> str:
        answer = await post(api, exchange_id, what, body)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["state"])

    assert await step("drafting") == "drafting"
    assert (await api.put(f"/v1/exchanges/{exchange_id}/terms", json={"text": "Purpose"})).json()["terms"] == "Purpose"
    assert await step("agreement", AGREEMENT) == "agreed"
    assert await step("schedule", SCHEDULE) == "preparing"
    assert await step("checklist", {"item": "safety", "done": True}) == "preparing"
    await exchanges.hears(an_answer(exchange_id))
    assert await step("readiness") == "ready"
    exchanges.it_is(LAST)
    assert await step("start", {"on": str(FIRST)}) == "in-progress"
    assert await step("completion", {"on": str(LAST)}) == "completed"
    report = {"summary": "Seen and agreed.", "language": "fr", "recommendations": ["Begin with the market."]}
    assert await step("report", report) == "reporting"
    await exchanges.hears(an_action(exchange_id))
    assert await step("follow-up") == "follow-up"
    assert await step("closure") == "closed"

    (listed,) = (await api.get("/v1/exchanges", params={"application_id": str(APPLICATION)})).json()
    assert listed == (await api.get(f"/v1/exchanges/{exchange_id}")).json()
    assert listed["report"] == {**report, "conclusions": []}
    history = (await api.get(f"/v1/exchanges/{exchange_id}/history")).json()
    assert [change["to_state"] for change in history][-1] == "closed"


async def test_the_other_turns_are_taken_over_http(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    later = {"first": str(FIRST + timedelta(days=7)), "last": str(FIRST + timedelta(days=9)), "reason": "safety"}
    assert (await post(api, exchange_id, "postponement", later)).json()["state"] == "postponed"
    assert (await post(api, exchange_id, "conversion", {"reason": "visa-refused"})).json()["plan"]["online"]
    confirmed = await post(api, exchange_id, "association-confirmation", Authorization="officer")
    assert confirmed.json()["association_confirmed_on"] == str(FIRST - timedelta(days=1))
    assert (await post(api, exchange_id, "cancellation", {"reason": "other"})).json()["state"] == "cancelled"


async def test_the_same_request_sent_twice_is_done_once(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    key = {"Idempotency-Key": "draft-1"}
    once = await post(api, exchange_id, "drafting", **key)
    again = await post(api, exchange_id, "drafting", **key)
    assert (again.status_code, again.json()) == (200, once.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (await post(api, exchange_id, "drafting")).status_code == 409
    assert len(await exchanges.history(exchange_id)) == 2


async def test_a_command_without_a_body_refuses_unknown_fields(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    for what in BODILESS:
        answer = await post(api, exchange_id, what, {"force": True})
        assert (what, answer.status_code, places(answer)) == (what, 422, [("/force", "extra_forbidden")])
    assert (await post(api, exchange_id, "drafting", {})).status_code == 200


async def test_a_bad_body_is_refused_with_its_place(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    for what, body, pointer in BAD_BODIES:
        answer = await post(api, exchange_id, what, body)
        assert (what, pointer, answer.status_code) == (what, pointer, 422)
        assert pointer in [place for place, _ in places(answer)], what
        assert answer.headers["content-type"] == "application/problem+json"
    assert (await exchanges.shown(exchange_id)).state == "planned"


async def test_a_plan_outside_its_limits_is_refused_with_every_place(
    api: httpx.AsyncClient, exchanges: Exchanges
) -> None:
    exchange_id = await exchanges.agreed()
    strangers = [{"organisation_id": str(new_id()), "part": Part.EXPERT}]
    body = {"first": str(FIRST), "last": str(FIRST + timedelta(days=5)), "participants": strangers}
    answer = await post(api, exchange_id, "schedule", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "plan-out-of-limits")
    assert places(answer) == [
        ("/last", "days-out-of-limits"),
        ("/participants/0/organisation_id", "not-taking-part"),
    ]


async def test_a_guard_is_answered_with_what_is_missing(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.agreed()
    await post(api, exchange_id, "schedule", SCHEDULE)
    answer = await post(api, exchange_id, "readiness")
    assert (answer.status_code, answer.json()["code"]) == (409, "guards-unmet")
    assert [code for _, code in places(answer)] == ["before-survey-open", "safety-open"]


async def test_an_unknown_or_malformed_id_is_answered_plainly(api: httpx.AsyncClient) -> None:
    assert (await api.get(f"/v1/exchanges/{new_id()}")).status_code == 404
    assert (await post(api, new_id(), "drafting")).status_code == 404
    assert (await api.get("/v1/exchanges/seven")).status_code == 422
    assert (await api.get("/v1/exchanges")).status_code == 422


async def test_roles_are_kept_apart(api: httpx.AsyncClient, exchanges: Exchanges) -> None:
    exchange_id = await exchanges.agreed()
    address = f"/v1/exchanges/{exchange_id}"
    statuses = {who: (await api.get(address, headers=header)).status_code for who, header in AS.items()}
    assert statuses == {"coordinator": 200, "applicant": 200, "officer": 200, "reader": 404}
    for who in ("applicant", "officer", "reader"):
        answer = await post(api, exchange_id, "schedule", SCHEDULE, Authorization=who)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert (await api.get(address, headers={"Authorization": "somebody"})).status_code == 401


async def test_the_api_describes_itself(api: httpx.AsyncClient) -> None:
    document = (await api.get("/openapi.json")).json()
    assert {path for path in document["paths"] if path.startswith("/v1/exchanges/{exchange_id}/")} >= {
        f"/v1/exchanges/{{exchange_id}}/{what}" for what in (*BODILESS, "agreement", "schedule", "conversion")
    }
    assert {str(REQUESTER), str(OFFERER)}.isdisjoint(str(document))
