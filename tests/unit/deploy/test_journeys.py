"""A journey at its desk: what is not answered is asked again, and what does not come about is told in one sentence."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.cli.copy import OperatorClient
from deploy.errors import OperatorError
from deploy.journeys.check import SCRIPTS
from deploy.journeys.desk import SERVICES, Desk, Order, Who
from deploy.journeys.journey import Journey, JourneyFailed, Step
from deploy.journeys.ledger import Ledger
from deploy.journeys.script import read_script
from deploy.journeys.timeline import Seen, Timeline
from shared.primitives.terms import Role

TODAY = date(2026, 3, 2)
COORDINATOR = Who(Role.COORDINATOR)
TOKEN = {"access_token": "a-token", "token_type": "Bearer", "expires_in": 300}
READY = {"ready": True, "roles": {"http": {"ready": True, "reason": "", "figures": {}}}}

Answer = Callable[[httpx.Request], httpx.Response]


@asynccontextmanager
async def a_desk(answer: Answer) -> AsyncIterator[Desk]:
    """A desk whose services are this function; the portal gives a token to everybody."""

    def handle(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=TOKEN) if request.url.path == "/v1/token" else answer(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(handle)) as http:
        urls = {service: f"http://{service}" for service in SERVICES}
        yield Desk(urls, OperatorClient("connect-cli", "secret"), http)


def a_journey(desk: Desk, ledger: Ledger | None = None) -> Journey:
    script = read_script(SCRIPTS / "internship.toml", TODAY)
    return Journey(script, TODAY, desk, ledger or Ledger(), "page", "shared", lambda service: f"the log of {service}")


def a_problem(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "It is so."})


async def test_an_order_is_sent_again_with_the_same_key_until_it_is_answered() -> None:
    keys = []

    def answer(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        return httpx.Response(503, json={}) if len(keys) < 3 else httpx.Response(201, json={"id": "1"})

    async with a_desk(answer) as desk:
        reply = await desk.command(COORDINATOR, Order("intake", "/v1/organisations", {"name": "x"}), key="the-key")
    assert reply == {"id": "1"}
    assert keys == ["the-key"] * 3
    assert desk.waited > 0


async def test_a_refusal_is_final_unless_it_can_be_news_on_its_way() -> None:
    answers = [a_problem(422, "not-heard-of-it"), httpx.Response(200, json={"id": "1"})]
    order = Order("exchange", "/v1/x", late_news=frozenset({"not-heard-of-it"}))
    async with a_desk(lambda _: answers.pop(0)) as desk:
        assert await desk.command(COORDINATOR, order, key="k") == {"id": "1"}
    async with a_desk(lambda _: a_problem(409, "wrong-state")) as desk:
        journey = a_journey(desk)

        async def take(journey: Journey) -> None:
            await journey.order(COORDINATOR, order, "key")

        with pytest.raises(JourneyFailed) as failed:
            await journey.play([Step("agreement", "exchange", take)], seconds=5)
    sentence = "The step agreement in exchange was refused (409 wrong-state: It is so): see the log of exchange."
    assert str(failed.value) == sentence


async def test_a_step_that_does_not_come_about_is_named_with_the_last_trouble() -> None:
    async def take(journey: Journey) -> None:
        await journey.get("matching", "/v1/x")

    async with a_desk(lambda _: httpx.Response(503, json={"detail": "no database"})) as desk:
        with pytest.raises(JourneyFailed) as failed:
            await a_journey(desk).play([Step("proposal", "matching", take)], seconds=0.1)
    assert str(failed.value) == (
        "The step proposal in matching was not done when 0.1 s were over (http://matching/v1/x: no database): "
        "see the log of matching."
    )


async def test_what_the_ledger_holds_is_not_ordered_again(tmp_path: Path) -> None:
    sent = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["Idempotency-Key"])
        return httpx.Response(201, json={"offer_id": "7", "state": "draft"})

    order = Order("intake", "/v1/offers", {})
    for _ in range(2):
        file = tmp_path / "demo.json"
        pages = json.loads(file.read_text()) if file.exists() else {}
        async with a_desk(answer) as desk:
            assert await a_journey(desk, Ledger(file, pages)).order(COORDINATOR, order, "offer") == {"offer_id": "7"}
    assert sent == ["page/offer"]


def test_a_ledger_forgets_one_system_and_keeps_the_others(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "demo.json")
    ledger.keep("here/1", "application", {"application_id": "a", "title": "Not an id"})
    ledger.note("here/1", begun_on="2026-03-02")
    ledger.keep("there/1", "application", {"application_id": "b"})
    assert ledger.ids("here", "application", "application_id") == ["a"]
    assert ledger.fact("here/1", "begun_on") == "2026-03-02"
    ledger.forget("here")
    again = Ledger(tmp_path / "demo.json", json.loads((tmp_path / "demo.json").read_text()))
    assert again.reply("here/1", "application") is None
    assert again.fact("here/1", "begun_on") is None
    assert again.reply("there/1", "application") == {"application_id": "b"}
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


async def test_a_service_that_is_not_ready_is_named_with_its_reason() -> None:
    reason = {"ready": False, "roles": {"react": {"ready": False, "reason": "Kafka is away"}}}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, json=reason) if request.url.host == "matching" else httpx.Response(200, json=READY)

    async with a_desk(answer) as desk:
        with pytest.raises(OperatorError, match=r"^matching is not ready: react \(Kafka is away\): see"):
            await desk.check(seconds=0.1)


async def test_something_else_at_the_address_is_told_apart() -> None:
    async with a_desk(lambda _: httpx.Response(200, text="<h1>It works!</h1>")) as desk:
        with pytest.raises(OperatorError, match="What answers at http://portal is not CONNECT's portal"):
            await desk.check()


async def test_a_client_with_too_few_roles_is_told_which_it_may_ask_for() -> None:
    refusal = {"error": "invalid_scope", "error_description": "This client may ask for these roles only: reader."}

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json=refusal) if request.url.path == "/v1/token" else httpx.Response(200, json=READY)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        desk = Desk({service: f"http://{service}" for service in SERVICES}, OperatorClient("a", "b"), http)
        with pytest.raises(OperatorError, match="gives the client a no token: This client may ask for these roles"):
            await desk.check()


def an_entry(number: int) -> dict[str, Any]:
    return {"event_id": f"e{number}", "type": "X", "subject": "s", "sequence": number, "time": "2026-03-02T00:00:00Z"}


async def test_the_timeline_tells_each_event_once_and_ends_in_the_portals_order() -> None:
    told: list[Seen] = []
    timelines = [[an_entry(2)], [an_entry(1), an_entry(2)]]

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"reference": "CN-1", "timeline": timelines.pop(0)})

    async with a_desk(answer) as desk:
        timeline = Timeline(desk, lambda: 1.5, told.append)
        await timeline.look("case")
        await timeline.look("case")
    assert [seen.event_id for seen in told] == ["e2", "e1"]
    assert [seen.event_id for seen in timeline.told] == ["e1", "e2"]
    assert timeline.reference == "CN-1"


async def test_a_case_that_the_portal_has_not_heard_of_yet_is_waited_for() -> None:
    answers = [a_problem(404, "unknown-case"), httpx.Response(200, json={"reference": None, "timeline": [an_entry(1)]})]
    async with a_desk(lambda _: answers.pop(0)) as desk:
        journey = a_journey(desk)
        timeline = Timeline(desk, lambda: 0.0, lambda _: None)
        assert await timeline.has(journey, {"X": 1}) is None
        assert desk.trouble == "the timeline still lacks {'X': 1}"
        assert await timeline.has(journey, {"X": 1}) is True
