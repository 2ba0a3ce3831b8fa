"""The page that finds themes when something is away, slow, too large or ill-meant: the text stays, and private."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlencode

import httpx
import jwt
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from shared.primitives.waiting import wait_for
from shared.wording.speech import LANGUAGES
from tests.integration.portal.serving import Portal, on_loopback
from tests.integration.portal.themes_page import (
    BY_HAND,
    CHALLENGE,
    SUGGEST,
    TEXT,
    TITLE,
    USE,
    boxes,
    fields,
    keeps,
    sends,
)

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("language", LANGUAGES)
async def test_while_matching_is_away_the_text_stays_and_one_can_choose_by_hand(
    portal: Portal, browser: httpx.AsyncClient, language: str
) -> None:
    async with portal.reaching("http://127.0.0.1:9"):
        page = await browser.post(f"/{language}/themes", data=TEXT | {"themes": "peace"} | SUGGEST)
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert 'class="note note-attention"' in page.text
        assert boxes(page) == {"themes-peace": True}
        assert keeps(page)
        used = await browser.post(f"/{language}/themes", data=TEXT | {"themes": "peace", "sdgs_more": "16"} | USE)
        assert (used.status_code, fields(used)["sdgs"]) == (200, ["16"])


async def test_before_the_portal_knows_where_matching_is_it_counts_as_away(browser: httpx.AsyncClient) -> None:
    page = await browser.post("/en/themes", data=TEXT | SUGGEST)
    assert (page.status_code, keeps(page)) == (503, True)


async def test_a_database_that_is_away_takes_the_cases_but_not_the_choice(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await portal.database.pool.close()
    page = await browser.post("/en/themes", data=TEXT | {"themes": "waste"} | USE)
    assert (page.status_code, "Waste and recycling" in page.text, keeps(page)) == (200, True, True)
    assert "The cases cannot be shown at this moment." in page.text


Answer = Callable[[Request], Awaitable[Response]]


def answering(answer: Answer) -> FastAPI:
    """A matching that answers in a way of its own."""
    app = FastAPI()
    app.add_api_route("/v1/suggestions", answer, methods=["POST"], response_model=None)
    return app


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "not JSON, and it repeats {text}"),
        (200, '[{{"language": "{text}"}}]'),
        (200, "[]"),
        (400, '{{"code": "x", "detail": "{text}"}}'),
        (403, '{{"code": "forbidden", "detail": "{text}"}}'),
        (500, '{{"detail": "{text}"}}'),
    ],
)
async def test_an_answer_that_makes_no_sense_is_like_none_and_nothing_of_the_text_gets_into_a_log(
    portal: Portal, browser: httpx.AsyncClient, capfd: pytest.CaptureFixture[str], status: int, body: str
) -> None:
    async def answer(request: Request) -> Response:
        text = (await request.json())["texts"][0]["text"].partition("\n")[0]
        return Response(body.format(text=text), status)

    async with on_loopback(answering(answer)) as url, portal.reaching(url):
        page = await browser.post("/en/themes", data=TEXT | SUGGEST)
    assert (page.status_code, keeps(page)) == (503, True)
    said = capfd.readouterr()
    logged = said.out + said.err
    assert "no suggestions" in logged
    assert not [word for word in ("nobody", "collects", "burned", "landfill") if word in logged]


async def test_nothing_of_a_text_or_a_choice_gets_into_a_log(
    portal: Portal, reader: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    await sends(reader, TEXT | SUGGEST)
    await sends(reader, {"title": "t" * 101, "challenge": CHALLENGE} | SUGGEST)
    await sends(reader, TEXT | {"themes": "nonsense"} | SUGGEST)
    await portal.database.pool.close()
    await sends(reader, TEXT | {"themes": "waste"} | USE)
    said = capfd.readouterr()
    logged = said.out + said.err
    assert "no cases beside a choice" in logged
    assert not [word for word in ("nobody", "burned", "landfill", "nonsense", "waste") if word in logged]


async def test_the_portal_asks_in_its_own_name_with_the_least_role(portal: Portal, browser: httpx.AsyncClient) -> None:
    asked: list[dict[str, Any]] = []

    async def answer(request: Request) -> Response:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        asked.append(jwt.decode(token, options={"verify_signature": False}) | await request.json())
        return JSONResponse([{"language": None, "themes": [], "sdgs": [], "dac": []}])

    async with on_loopback(answering(answer)) as url, portal.reaching(url):
        await browser.post("/en/themes", data={"title": "a  b", "challenge": "c\r\nd\0", "language": "nl"} | SUGGEST)
    (claims,) = asked
    assert (claims["sub"], claims["roles"]) == ("service:portal", ["expert"])
    assert not claims.keys() & {"organisation_id", "member_id"}
    assert claims["texts"] == [{"text": "a b\n\nc\nd", "language": "nl"}]


@pytest.mark.parametrize("pause", [0.05, 30.0], ids=["trickles", "is silent"])
async def test_a_matching_that_does_not_answer_is_not_waited_for(
    portal: Portal, browser: httpx.AsyncClient, pause: float
) -> None:
    given_up = asyncio.Event()

    async def spaces() -> AsyncIterator[str]:
        while not await wait_for(given_up, pause):
            yield " "

    async def answer(request: Request) -> Response:
        return StreamingResponse(spaces())

    portal.matching.answer_within = 0.3
    async with on_loopback(answering(answer)) as url, portal.reaching(url), asyncio.timeout(20):
        page = await browser.post("/en/themes", data=TEXT | SUGGEST)
        given_up.set()
    assert (page.status_code, keeps(page), portal.matching.under_way) == (503, True, 0)


async def test_one_too_many_at_once_is_asked_to_try_again_and_the_next_one_is_answered(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    released, arrived = asyncio.Event(), asyncio.Semaphore(0)

    async def answer(request: Request) -> Response:
        arrived.release()
        await released.wait()
        return JSONResponse([{"language": None, "themes": [], "sdgs": [], "dac": []}])

    portal.matching.answer_within = 30  # they are held back for longer than a person would wait
    async with on_loopback(answering(answer)) as url, portal.reaching(url):
        waiting = [
            asyncio.create_task(browser.post("/en/themes", data=TEXT | SUGGEST))
            for _ in range(portal.matching.most_at_once)
        ]
        for _ in waiting:
            await asyncio.wait_for(arrived.acquire(), 20)
        turned_away = await browser.post("/en/themes", data=TEXT | SUGGEST)
        released.set()
        answered = [page.status_code for page in await asyncio.gather(*waiting)]
        later = await browser.post("/en/themes", data=TEXT | SUGGEST)
    assert (turned_away.status_code, turned_away.headers["Retry-After"], keeps(turned_away)) == (503, "5", True)
    assert "Many people are asking at this moment." in turned_away.text
    assert answered == [200] * portal.matching.most_at_once
    assert later.status_code == 200


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 16_384):
        yield body[start : start + 16_384]


@pytest.mark.parametrize("size", [150_000, 1_000_000, 3_000_000])
async def test_far_too_much_is_not_read_to_its_end_and_the_page_says_so(reader: httpx.AsyncClient, size: int) -> None:
    body = urlencode({"title": TITLE, "challenge": "x" * size, "do": "suggest"}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    announced = await reader.post("/es/themes", content=body, headers=form)
    unannounced = await reader.post("/es/themes", content=in_pieces(body), headers=form)
    for page in (announced, unannounced):
        assert (page.status_code, page.headers["Content-Type"]) == (413, "text/html; charset=utf-8")
        assert "Su texto es demasiado largo para leerlo" in page.text


async def test_a_form_with_a_thousand_fields_is_not_read_either(reader: httpx.AsyncClient) -> None:
    page = await reader.post("/en/themes", content="&".join(f"themes={n}" for n in range(1000)))
    assert page.status_code == 413


async def test_other_addresses_keep_the_usual_limit(reader: httpx.AsyncClient) -> None:
    assert (await reader.post("/v1/token", content=b"x" * 1_000_001)).status_code == 413


async def test_what_somebody_wrote_stays_text(reader: httpx.AsyncClient) -> None:
    evil = '"><script>alert(1)</script></textarea><img src=x onerror=alert(2)>'
    for step in (SUGGEST, BY_HAND, {"themes": "waste"} | USE):
        page = await sends(
            reader, {"title": evil[:100], "challenge": evil, "themes_seen": evil, "read_as": evil} | step
        )
        assert "<script>" not in page.text
        assert "<img" not in page.text


async def test_an_address_gives_nothing_to_the_form(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/en/themes", params={"title": "from an address", "themes": "waste", "do": "use"})
    assert (fields(page)["title"], boxes(page)) == ([""], {})
    assert 'method="post"' in page.text
