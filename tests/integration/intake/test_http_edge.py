"""What every service's API does with a request before and after its use case, seen at intake's."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from shared.primitives.terms import Role
from tests.builders.intake import ACCRA
from tests.fakes.http import signed_in
from tests.integration.intake.conftest import COORDINATOR, Intake

BODY = {"kind": "municipality", "legal_type": "town", "name": "Example", "seat": ACCRA, "languages": ["en"]}


async def count(intake: Intake) -> int:
    return int(await intake.database.pool.fetchval("SELECT count(*) FROM organisations"))


async def test_the_same_command_with_the_same_key_is_done_once(intake: Intake) -> None:
    headers = COORDINATOR | {"Idempotency-Key": "once"}
    answers = [await intake.api.post("/v1/organisations", json=BODY, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[1].headers["Idempotency-Replayed"] == "true"
    assert await count(intake) == 1
    assert await intake.announced() == ["OrganisationRegistered"]


async def test_twenty_at_once_with_the_same_key_are_one(intake: Intake) -> None:
    headers = COORDINATOR | {"Idempotency-Key": "at-once"}
    answers = await asyncio.gather(
        *(intake.api.post("/v1/organisations", json=BODY, headers=headers) for _ in range(20))
    )
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert await count(intake) == 1


async def test_another_command_with_the_same_key_is_refused(intake: Intake) -> None:
    headers = COORDINATOR | {"Idempotency-Key": "once"}
    await intake.api.post("/v1/organisations", json=BODY, headers=headers)
    other = await intake.api.post("/v1/organisations", json=BODY | {"name": "Other"}, headers=headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_a_refused_command_does_not_use_its_key_up(intake: Intake) -> None:
    headers = COORDINATOR | {"Idempotency-Key": "again"}
    refused = await intake.api.post("/v1/organisations", json=BODY | {"seat": 1}, headers=headers)
    assert refused.status_code == 422
    assert (await intake.api.post("/v1/organisations", json=BODY, headers=headers)).status_code == 201


async def test_two_callers_may_use_the_same_key(intake: Intake) -> None:
    for account in ("one", "two"):
        headers = signed_in(Role.COORDINATOR, account=account) | {"Idempotency-Key": "same"}
        assert (await intake.api.post("/v1/organisations", json=BODY, headers=headers)).status_code == 201
    assert await count(intake) == 2


async def test_without_a_token_everything_is_denied(intake: Intake) -> None:
    answer = await intake.api.post("/v1/organisations", json=BODY)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COORDINATOR])
async def test_a_role_that_may_not_is_refused(intake: Intake, role: Role) -> None:
    answer = await intake.api.post("/v1/organisations", json=BODY, headers=signed_in(role))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"{not json", 400, "not-json"),
        (b"[]", 422, "invalid-body"),
        (b'"text"', 422, "invalid-body"),
        (b"", 422, "invalid-body"),
        (b'{"kind": "municipality"}', 422, "invalid-body"),
        (b"x" * 1_000_001, 413, "too-large"),
    ],
)
async def test_a_malformed_body_is_a_problem_document(intake: Intake, content: bytes, status: int, code: str) -> None:
    headers = COORDINATOR | {"Content-Type": "application/json"}
    answer = await intake.api.post("/v1/organisations", content=content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_that_grows_too_large_as_it_comes_is_refused(intake: Intake) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b" " * 100_000

    headers = COORDINATOR | {"Content-Type": "application/json"}
    answer = await intake.api.post("/v1/organisations", content=chunks(), headers=headers)
    assert answer.status_code == 413


async def test_a_text_that_can_not_be_stored_is_the_callers_fault(intake: Intake) -> None:
    answer = await intake.api.post("/v1/organisations", json=BODY | {"name": "a\x00b"}, headers=COORDINATOR)
    assert answer.status_code == 422


async def test_unknown_ids_and_addresses_are_not_found(intake: Intake) -> None:
    assert (await intake.api.get(f"/v1/applications/{uuid4()}", headers=COORDINATOR)).status_code == 404
    assert (await intake.api.get("/v1/applications/42", headers=COORDINATOR)).status_code == 422
    assert (await intake.api.get("/v1/nothing", headers=COORDINATOR)).status_code == 404
    assert (await intake.api.delete("/v1/organisations", headers=COORDINATOR)).status_code == 405
