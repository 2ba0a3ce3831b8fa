"""`POST /v1/suggestions`: who may ask, what is answered, what is refused. There is no database here: none is needed."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any, cast

import asyncpg
import httpx
import pytest
from starlette.types import Message, Scope

from services.matching import use_cases
from services.matching.engine.text.suggest import make_ready
from services.matching.http_api import LARGER_BODIES
from services.matching.use_cases import WrittenText
from services.matching.wiring import SERVICE
from shared.postgres.unit_of_work import Database
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from tests.builders.matching import COORDINATOR
from tests.fakes.http import calling, signed_in, trusting_app

MAY_ASK = {Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION, Role.COORDINATOR}
NEED = "Queremos mejorar el abastecimiento de agua potable de nuestros barrios."
OFFER = "We can show how our council closed its landfill and started recycling."


@pytest.fixture
async def api() -> AsyncIterator[httpx.AsyncClient]:
    async with calling(SERVICE, Database(cast(asyncpg.Pool, None), SERVICE.name)) as client:
        yield client


async def ask(api: httpx.AsyncClient, *texts: dict[str, Any], role: Role = Role.APPLICANT) -> httpx.Response:
    return await api.post("/v1/suggestions", json={"texts": texts}, headers=signed_in(role))


async def test_texts_are_answered_in_their_order_with_the_words_that_led_to_each_suggestion(
    api: httpx.AsyncClient,
) -> None:
    need, offer = (await ask(api, {"text": NEED}, {"text": OFFER, "language": "en-GB"})).json()
    assert (need["language"], offer["language"]) == ("es", "en")
    (water,) = need["themes"]
    assert water["theme"] == "water"
    assert 0 < water["confidence"] <= 1
    (phrase,) = water["because"]
    assert phrase["words"] == NEED[phrase["start"] : phrase["end"]] == "abastecimiento de agua"
    assert [one["theme"] for one in offer["themes"]] == ["waste"]
    assert {one["sdg"] for one in offer["sdgs"]} == {11, 12}
    assert [one["dac"] for one in offer["dac"]] == ["14050"]


async def test_a_text_in_no_known_language_is_answered_with_that(api: httpx.AsyncClient) -> None:
    (found,) = (await ask(api, {"text": "Мы хотим улучшить сбор отходов", "language": "ru"})).json()
    assert found == {"language": None, "themes": [], "sdgs": [], "dac": []}


@pytest.mark.parametrize("role", Role)
async def test_only_those_who_write_needs_and_offers_or_help_to_may_ask(api: httpx.AsyncClient, role: Role) -> None:
    answer = await ask(api, {"text": NEED}, role=role)
    if role in MAY_ASK:
        assert (answer.status_code, len(answer.json())) == (200, 1)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/texts"),
        ({"texts": []}, "/texts"),
        ({"texts": [{"text": ""}] * 1001}, "/texts"),
        ({"texts": [{"text": "a"}, {"text": "a" * 10_001}]}, "/texts/1/text"),
        ({"texts": [{"text": "a", "language": "klingon"}]}, "/texts/0/language"),
        ({"texts": [{"text": "a", "title": "b"}]}, "/texts/0/title"),
        ({"texts": [{"text": "\ud800"}]}, "/texts/0/text"),
    ],
    ids=["nothing", "no text", "too many", "too long", "no language", "unknown field", "half a character"],
)
async def test_what_can_not_be_answered_is_refused_with_its_place(
    api: httpx.AsyncClient, body: dict[str, Any], pointer: str
) -> None:
    answer = await api.post(
        "/v1/suggestions",
        content=json.dumps(body),
        headers=signed_in(Role.EXPERT) | {"Content-Type": "application/json"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-body")
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


async def test_a_thousand_needs_of_300_words_have_room_and_more_than_the_limit_has_not(api: httpx.AsyncClient) -> None:
    limit = LARGER_BODIES["/v1/suggestions"]
    many = await ask(api, *[{"text": "word " * 500}] * 1000)
    assert (many.status_code, len(many.json())) == (200, 1000)
    headers = signed_in(Role.EXPERT) | {"Content-Type": "application/json"}
    assert (await api.post("/v1/suggestions", content=b" " * (limit + 1), headers=headers)).status_code == 413
    assert (await api.post("/v1/proposals/1/decline", content=b" " * 1_000_001, headers=headers)).status_code == 413


async def test_the_work_for_a_caller_who_has_left_is_given_up() -> None:
    left = asyncio.Event()
    body = json.dumps({"texts": [{"text": NEED}] * 500}).encode()
    incoming = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Message] = []

    async def receive() -> Message:
        if incoming:
            return incoming.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)
        if message["type"] == "http.response.body":
            left.set()

    await trusting_app(SERVICE)(a_post("/v1/suggestions", signed_in(Role.EXPERT)), receive, send)
    assert sent[0]["status"] == 200
    assert len(sent) < 50


def a_post(path: str, headers: dict[str, str]) -> Scope:
    """A request as a server hands it to an app."""
    sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [*sent, (b"content-type", b"application/json")],
    }


async def test_between_two_texts_of_whatever_batches_everybody_else_has_a_turn() -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    somebody = asyncio.create_task(others())
    await asyncio.gather(*[answered(COORDINATOR, 50) for _ in range(4)])
    somebody.cancel()
    assert turns >= 4 * 50


async def test_a_small_batch_does_not_wait_for_a_large_one_to_end() -> None:
    make_ready()
    large = asyncio.create_task(answered(COORDINATOR, 500))
    await asyncio.sleep(0)
    assert await answered(COORDINATOR, 1) == 1
    assert not large.done()
    assert await large == 500


async def answered(actor: Actor, number: int) -> int:
    found = use_cases.suggest_from_texts(actor, [WrittenText(NEED)] * number)
    return len([view async for view in found])
