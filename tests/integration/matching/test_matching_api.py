"""The API: what is shown to whom, and what is answered to bad requests."""

from uuid import UUID

import httpx
import pytest

from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching

COORDINATOR = {"Authorization": "Bearer coordinator"}


def signed_in(organisation: UUID, roles: str = "applicant", **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {roles}:{organisation}"} | headers


async def test_a_match_is_made_over_the_api(matching: Matching, client: httpx.AsyncClient) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    requester = signed_in(application.organisation.organisation_id)
    offerer = signed_in(offer.organisation.organisation_id, "expert")
    (listed,) = (await client.get(f"/applications/{application.application_id}/proposals", headers=requester)).json()
    address = f"/proposals/{listed['proposal_id']}"
    assert (await client.get(address, headers=offerer)).json() == listed
    first = await client.post(f"{address}/acceptance", headers=requester)
    assert (first.status_code, first.json()["state"]) == (200, "accepted-by-requester")
    second = await client.post(f"{address}/acceptance", json={}, headers=offerer)
    assert (second.status_code, second.json()["state"]) == (200, "confirmed")
    search = (await client.get(f"/applications/{application.application_id}/search", headers=requester)).json()
    assert search["state"] == "matched"


async def test_a_command_that_is_sent_twice_with_its_key_is_done_once(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    proposal = await matching.proposal(application)
    headers = signed_in(proposal.requester_id) | {"Idempotency-Key": "one"}
    answers = [await client.post(f"/proposals/{proposal.proposal_id}/acceptance", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    without_key = await client.post(
        f"/proposals/{proposal.proposal_id}/acceptance", headers=signed_in(proposal.requester_id)
    )
    assert (without_key.status_code, without_key.json()["code"]) == (409, "already-accepted")


async def test_whoever_is_not_concerned_sees_nothing(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(), application)
    first, second = await matching.proposals(application)
    stranger, offerer = signed_in(new_id()), signed_in(first.offerer_id, "expert")
    listing, searching = (f"/applications/{application.application_id}/{what}" for what in ("proposals", "search"))
    assert (await client.get(listing, headers=stranger)).json() == []
    assert [one["proposal_id"] for one in (await client.get(listing, headers=offerer)).json()] == [
        str(first.proposal_id)
    ]
    assert len((await client.get(listing, headers=COORDINATOR)).json()) == 2
    for headers in (stranger, offerer):
        assert (await client.get(searching, headers=headers)).status_code == 404
        assert (await client.get(f"/proposals/{second.proposal_id}", headers=headers)).status_code == 404
    assert (await client.get(searching, headers=COORDINATOR)).status_code == 200
    assert (await client.get(listing)).status_code == 401


async def test_a_call_is_opened_by_a_coordinator_only(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(application)
    address = f"/applications/{application.application_id}/call"
    body = {"closes_on": "2026-04-01"}
    applicant = signed_in(application.organisation.organisation_id)
    assert (await client.post(address, json=body, headers=applicant)).status_code == 403
    early = await client.post(address, json={"closes_on": "2026-03-01"}, headers=COORDINATOR)
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/closes_on")
    opened = await client.post(address, json=body, headers=COORDINATOR)
    assert (opened.status_code, opened.json()["state"]) == (201, "called")
    assert (await client.post(address, json=body, headers=COORDINATOR)).status_code == 409


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "not-json"),
        (b"{}", 422, "invalid-body"),
        (b'{"reason": "no"}', 422, "invalid-body"),
        (b'{"reason": 5}', 422, "invalid-body"),
        (b'{"reason": "dates", "remark": "sorry"}', 422, "invalid-body"),
        (b'{"reason": "dates"}', 404, "no-such-proposal"),
    ],
)
async def test_bad_bodies_are_refused_with_the_place_of_the_fault(
    client: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    headers = signed_in(new_id()) | {"Content-Type": "application/json"}
    answer = await client.post(f"/proposals/{new_id()}/decline", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_an_id_that_is_none_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.get("/proposals/17", headers=COORDINATOR)).status_code == 422


async def test_an_unknown_field_of_an_acceptance_is_refused(client: httpx.AsyncClient) -> None:
    answer = await client.post(
        f"/proposals/{new_id()}/acceptance", json={"side": "offerer"}, headers=signed_in(new_id())
    )
    assert answer.status_code == 422
