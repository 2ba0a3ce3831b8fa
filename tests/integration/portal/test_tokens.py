"""Tokens by client credentials: who gets one, what it says, and what everybody else is told."""

import secrets
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from services.portal import use_cases
from services.portal.rules.clients import Client, hash_secret
from shared.http.auth import AUDIENCE, ISSUER
from shared.primitives.ids import new_id
from shared.primitives.terms import Role
from tests.fakes.clock import FakeClock
from tests.integration.portal.serving import Portal

pytestmark = pytest.mark.servers

SECRET = secrets.token_urlsafe(32)
CREDENTIALS = {"grant_type": "client_credentials", "client_id": "journey", "client_secret": SECRET}


async def register(portal: Portal, *clients: Client) -> None:
    async with portal.database.unit_of_work() as work:
        await use_cases.register_clients(work, clients)


@pytest.fixture(autouse=True)
async def journey(portal: Portal) -> None:
    """A client that may coordinate and apply."""
    await register(portal, Client("journey", hash_secret(SECRET), frozenset({Role.COORDINATOR, Role.APPLICANT})))


async def claims(browser: httpx.AsyncClient, token: str) -> dict[str, Any]:
    """What the token says, verified as other services verify it, except for the time, which stands still here."""
    keys = jwt.PyJWKSet.from_dict((await browser.get("/.well-known/jwks.json")).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return dict(jwt.decode(token, key, ["EdDSA"], audience=AUDIENCE, issuer=ISSUER, options={"verify_exp": False}))


async def test_a_client_gets_a_token_of_five_minutes_with_the_roles_it_asks_for(
    browser: httpx.AsyncClient, clock: FakeClock
) -> None:
    organisation, member = str(new_id()), str(new_id())
    wanted = {"roles": ["applicant"], "organisation_id": organisation, "member_id": member}
    answer = await browser.post("/v1/token", json=CREDENTIALS | wanted)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 300)
    said = await claims(browser, answer.json()["access_token"])
    assert said["sub"] == "client:journey"
    assert said["roles"] == ["applicant"]
    assert (said["organisation_id"], said["member_id"]) == (organisation, member)
    assert said["exp"] == int((clock.now + timedelta(minutes=5)).timestamp())


async def test_who_asks_for_no_role_gets_all_that_are_registered(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/v1/token", json=CREDENTIALS)
    assert (await claims(browser, answer.json()["access_token"]))["roles"] == ["applicant", "coordinator"]


async def test_a_form_and_http_basic_do_as_well_as_json(browser: httpx.AsyncClient) -> None:
    form = await browser.post("/v1/token", data=CREDENTIALS | {"scope": "applicant", "unknown": "ignored"})
    assert (await claims(browser, form.json()["access_token"]))["roles"] == ["applicant"]
    basic = await browser.post("/v1/token", data={"grant_type": "client_credentials"}, auth=("journey", SECRET))
    assert basic.status_code == 200


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"client_secret": "x" * 43}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"roles": ["reviewer"]}, 400, "invalid_scope"),
        ({"roles": ["king"]}, 400, "invalid_scope"),
        ({"roles": []}, 400, "invalid_scope"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"organisation_id": "Almere"}, 400, "invalid_request"),
        ({"unknown": 1}, 400, "invalid_request"),
        ({"client_id": 5}, 400, "invalid_request"),
        ({"client_id": "a\0b"}, 400, "invalid_request"),
    ],
)
async def test_a_refusal_has_the_error_of_the_standard(
    browser: httpx.AsyncClient, change: dict[str, object], status: int, error: str
) -> None:
    answer = await browser.post("/v1/token", json=CREDENTIALS | change)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"
    assert SECRET not in answer.text


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe"])
async def test_a_body_that_is_no_request_is_refused_in_words(browser: httpx.AsyncClient, body: bytes) -> None:
    answer = await browser.post("/v1/token", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_a_parameter_that_comes_twice_is_refused(browser: httpx.AsyncClient) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    twice = await browser.post("/v1/token", content=b"grant_type=client_credentials&grant_type=x", headers=form)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


async def test_after_ten_failures_a_caller_waits_a_minute_and_others_do_not(
    browser: httpx.AsyncClient, clock: FakeClock
) -> None:
    wrong = CREDENTIALS | {"client_secret": "wrong"}
    assert [(await browser.post("/v1/token", json=wrong)).status_code for _ in range(10)] == [401] * 10
    barred = await browser.post("/v1/token", json=CREDENTIALS)
    assert barred.status_code == 429
    assert barred.headers["Retry-After"] == "60"
    assert (await browser.post("/v1/token", json=wrong | {"client_id": "another"})).status_code == 401
    clock.move(timedelta(seconds=61))
    assert (await browser.post("/v1/token", json=CREDENTIALS)).status_code == 200


async def test_a_client_that_is_no_longer_registered_gets_nothing(portal: Portal, browser: httpx.AsyncClient) -> None:
    await register(portal, Client("another", hash_secret("y" * 43), frozenset({Role.READER})))
    assert (await browser.post("/v1/token", json=CREDENTIALS)).status_code == 401


async def test_secrets_are_stored_as_hashes_only(portal: Portal) -> None:
    async with portal.database.reading() as connection:
        rows = await connection.fetch("SELECT clients::text FROM clients")
    assert len(rows) == 1
    assert SECRET not in rows[0][0]


async def test_before_its_key_is_read_the_portal_asks_to_come_again(portal: Portal, browser: httpx.AsyncClient) -> None:
    portal.desk.signer = None
    assert (await browser.post("/v1/token", json=CREDENTIALS)).status_code == 503
    assert (await browser.get("/.well-known/jwks.json")).status_code == 503
