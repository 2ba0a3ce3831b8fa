"""What another service answers to a call that is passed on: its refusals become ours, anything odd is for later."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from shared.http import problems
from shared.http.client import Refused, send
from shared.primitives.errors import TryAgain


async def sent(answer: httpx.Response) -> Any:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: answer)) as http:
        return await send(http, "POST", "http://other/v1/things")


async def passed_on(refusal: httpx.Response) -> httpx.Response:
    """What our caller gets where the other service has refused so."""
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    async def ask() -> Any:
        return await sent(refusal)

    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ours") as ours:
        return await ours.get("/")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
async def test_a_refusal_keeps_its_status_and_every_place_that_it_names(status: int) -> None:
    places = [{"pointer": "/why", "code": "string_too_short", "detail": "at least 3 characters"}]
    document = problems.problem(status, "odd-why", "Say why.", errors=places)
    answer = await passed_on(httpx.Response(status, content=bytes(document.body)))
    assert (answer.status_code, answer.content) == (status, document.body)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.headers.get("WWW-Authenticate") == "Bearer") is (status == 401)


@pytest.mark.parametrize("body", [b"<h1>No</h1>", b"[]", b"{}", b'{"errors": 7}', b'{"errors": [7]}'])
async def test_a_refusal_without_a_problem_document_becomes_one(body: bytes) -> None:
    answer = await passed_on(httpx.Response(409, content=body))
    told = answer.json()
    assert (answer.status_code, told["status"], told["title"]) == (409, 409, "Not possible now")
    assert told["detail"]
    assert "errors" not in told


@pytest.mark.parametrize("status", [302, 307, 500, 502, 503])
async def test_what_is_neither_done_nor_refused_is_for_later(status: int) -> None:
    with pytest.raises(TryAgain, match="http://other/v1/things"):
        await sent(httpx.Response(status, text="elsewhere"))


async def test_an_answer_is_its_json_and_a_refusal_tells_its_code() -> None:
    assert await sent(httpx.Response(201, json={"done": 1})) == {"done": 1}
    assert await sent(httpx.Response(204)) is None
    with pytest.raises(Refused) as refused:
        await sent(httpx.Response(404, json={"code": "no-such-thing", "detail": "Look again."}))
    assert (refused.value.code, refused.value.detail) == ("no-such-thing", "Look again.")
