"""The console as JSON and as pages: for operators, with identities and figures, without what events say."""

import re
from datetime import date, timedelta
from uuid import UUID

import httpx
import pytest

from shared.primitives.terms import Role
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.contracts.test_every_endpoint_wants_a_token import endpoints
from tests.fakes.http import signed_in
from tests.integration.monitor.conftest import Console

pytestmark = pytest.mark.servers

JSON = ["/v1/streams", "/v1/services", "/v1/cases", "/v1/cases?stuck=true", "/v1/streams/dead-letters"]
PAGES = ["/", "/cases", "/dead-letters", "/dead-letters?state=replayed", "/services"]
NOBODY = UUID("019aad00-0000-7000-8000-000000000000")  # the same in every worker: it is part of the names of tests
ENDPOINTS = [
    (method, re.sub(r"{\w+}", str(NOBODY), path))
    for _, method, path in endpoints("monitor")
    if not path.startswith("/health")
]


async def a_case_with_a_dead_letter(console: Console) -> tuple[ACase, str]:
    case = ACase()
    submitted, proposed = case.says(case.submitted()), case.says(case.proposed(date(2026, 6, 1)))
    letter = a_dead_letter(proposed)
    await console.hears(submitted, proposed, reported(letter))
    return case, str(letter.dead_letter_id)


@pytest.mark.parametrize(("method", "path"), ENDPOINTS)
async def test_every_endpoint_is_for_operators_alone(api: httpx.AsyncClient, method: str, path: str) -> None:
    """Breaks when an endpoint is added that lets in anybody else, or keeps operators out."""

    async def status(headers: dict[str, str]) -> int:
        body = {"why": "somebody wants to know"} if method == "POST" else None
        return (await api.request(method, path, headers=headers, json=body)).status_code

    assert await status({"Authorization": ""}) == 401
    assert {await status(signed_in(role)) for role in set(Role) - {Role.OPERATOR}} == {403}
    assert await status(signed_in(Role.OPERATOR)) in {200, 404}


@pytest.mark.parametrize("path", JSON)
async def test_an_operator_reads_an_empty_console(api: httpx.AsyncClient, path: str) -> None:
    assert (await api.get(path)).status_code == 200


async def test_a_timeline_says_of_each_event_who_when_about_what_and_how_long_after_the_first(
    api: httpx.AsyncClient, console: Console
) -> None:
    case, _ = await a_case_with_a_dead_letter(console)
    body = (await api.get(f"/v1/cases/{case.case_id}/timeline")).json()
    assert body["case"]["reference"] == "CN-2026-0007"
    assert [(event["service"], event["name"], event["sequence"], event["seconds"]) for event in body["events"]] == [
        ("intake", "ApplicationSubmitted", 1, 0.0),
        ("matching", "MatchProposed", 1, 60.0),
    ]
    first = body["events"][0]
    assert first["type"] == "connect.intake.ApplicationSubmitted.v1"
    assert (first["topic"], first["aggregate"]) == ("intake.applications", str(case.case_id))
    assert first["time"] == "2026-03-02T09:01:00Z"
    assert first["arrived_at"] == "2026-03-02T09:00:00Z"


@pytest.mark.parametrize("wanted", ["CN-2026-0007", " cn-2026-0007 ", "{id}"])
async def test_a_case_is_found_by_its_reference_or_its_id(
    api: httpx.AsyncClient, pages: httpx.AsyncClient, console: Console, wanted: str
) -> None:
    case, _ = await a_case_with_a_dead_letter(console)
    wanted = wanted.format(id=case.case_id)
    (found,) = (await api.get("/v1/cases", params={"reference": wanted})).json()
    assert found["case_id"] == str(case.case_id)
    answer = await pages.get("/cases", params={"find": wanted})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case.case_id}")


@pytest.mark.parametrize("wanted", ["CN-2026-9999", "%", "\0", "' OR 1=1 --", "<script>alert(1)</script>"])
async def test_a_reference_that_is_none_finds_nothing_and_harms_nothing(
    api: httpx.AsyncClient, pages: httpx.AsyncClient, console: Console, wanted: str
) -> None:
    await a_case_with_a_dead_letter(console)
    assert (await api.get("/v1/cases", params={"reference": wanted})).json() == []
    answer = await pages.get("/cases", params={"find": wanted})
    assert answer.status_code == 200
    assert "has been heard" in answer.text
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/cases/{NOBODY}/timeline", 404),
        (f"/v1/streams/dead-letters/{NOBODY}", 404),
        (f"/v1/streams/dead-letters/{NOBODY}/message", 404),
        ("/v1/cases/seven/timeline", 422),
        ("/v1/cases?limit=0", 422),
        ("/v1/streams/dead-letters?state=lost", 422),
    ],
)
async def test_a_request_that_can_not_be_answered_gets_a_problem_document(
    api: httpx.AsyncClient, path: str, status: int
) -> None:
    answer = await api.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [*PAGES, f"/cases/{NOBODY}", f"/dead-letters/{NOBODY}"])
async def test_closed_pages_ask_for_an_operators_token_and_name_the_setting(api: httpx.AsyncClient, path: str) -> None:
    answer = await api.get(path, headers={"Authorization": ""})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "CONNECT_MONITOR_OPEN_PAGES" in answer.text
    assert (await api.get(path, headers=signed_in(Role.COORDINATOR))).status_code == 403


@pytest.mark.parametrize("path", PAGES)
async def test_a_closed_page_opens_for_an_operator_and_an_open_one_for_anybody(
    api: httpx.AsyncClient, pages: httpx.AsyncClient, path: str
) -> None:
    for client in (api, pages):
        answer = await client.get(path)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_open_pages_leave_the_json_closed(pages: httpx.AsyncClient) -> None:
    assert [(await pages.get(path)).status_code for path in JSON] == [401] * len(JSON)


@pytest.mark.parametrize("path", [f"/cases/{NOBODY}", f"/dead-letters/{NOBODY}", "/cases/seven", "/static/none.css"])
async def test_a_page_that_is_not_there_is_a_page_that_says_so(pages: httpx.AsyncClient, path: str) -> None:
    answer = await pages.get(path)
    assert answer.status_code == 404
    assert "<h1>Not found</h1>" in answer.text


async def test_pages_and_json_show_nothing_of_what_events_say(
    api: httpx.AsyncClient, pages: httpx.AsyncClient, console: Console
) -> None:
    case, letter_id = await a_case_with_a_dead_letter(console)
    shown = [
        (await pages.get(path)).text for path in (*PAGES, f"/cases/{case.case_id}", f"/dead-letters/{letter_id}")
    ] + [(await api.get(path)).text for path in (*JSON, f"/v1/cases/{case.case_id}/timeline")]
    assert any("CN-2026-0007" in text for text in shown)
    assert not [text for text in shown if "A drier town" in text]


async def test_a_page_loads_itself_again_only_where_its_reader_asked_for_it(pages: httpx.AsyncClient) -> None:
    assert "http-equiv" not in (await pages.get("/")).text
    assert '<meta http-equiv="refresh" content="15">' in (await pages.get("/?every=15")).text


async def test_a_dead_letter_page_tells_origin_reason_and_what_to_do(
    pages: httpx.AsyncClient, console: Console
) -> None:
    case, letter_id = await a_case_with_a_dead_letter(console)
    text = (await pages.get(f"/dead-letters/{letter_id}")).text
    for told in ("rejected", "unknown-offer", "matching.proposals", f"/cases/{case.case_id}", f"replay {letter_id}"):
        assert told in text


async def test_a_stuck_case_is_said_to_be_stuck(pages: httpx.AsyncClient, console: Console) -> None:
    case, _ = await a_case_with_a_dead_letter(console)
    assert "stuck: proposed" not in (await pages.get("/cases")).text
    console.clock.now += timedelta(days=200)
    for path in ("/cases", f"/cases/{case.case_id}"):
        assert "stuck: proposed" in (await pages.get(path)).text
