"""What can't be ordered or wished for: each refusal names its place."""

from uuid import UUID

import httpx
import pytest

from services.matching.http_api.rounds import MOST_LISTED, MOST_WISHES
from shared.primitives.ids import new_id
from tests.integration.matching.conftest import Crowd, Matching
from tests.integration.matching.test_matching_api import COORDINATOR
from tests.integration.matching.test_rounds import Round, ordered


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"options": {"fairness": -0.1}}, "/options/fairness"),
        ({"options": {"fairness": "NaN"}}, "/options/fairness"),
        ({"options": {"fairness": 0.00001}}, "/options/fairness"),
        ({"options": {"proposals": 0}}, "/options/proposals"),
        ({"options": {"listed": MOST_LISTED + 1}}, "/options/listed"),
        ({"candidates": 0}, "/candidates"),
        ({"programme": "no such word"}, "/programme"),
    ],
)
async def test_orders_that_make_no_sense_are_refused(client: httpx.AsyncClient, body: Round, pointer: str) -> None:
    answer = await client.post("/rounds", json=body, headers=COORDINATOR)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_a_pair_can_not_be_pinned_and_banned(client: httpx.AsyncClient, crowd: Crowd) -> None:
    round_id, pair = await ordered(client), {"application_id": str(new_id()), "offer_id": str(new_id())}
    path = f"/rounds/{round_id}/adjustments"
    answer = await client.put(path, json={"pins": [pair], "bans": [pair]}, headers=COORDINATOR)
    assert answer.status_code == 422


@pytest.mark.parametrize("wish", ["pins", "bans"])
async def test_as_many_wishes_as_are_allowed_fit_into_a_body_and_more_are_refused_at_their_place(
    matching: Matching, client: httpx.AsyncClient, wish: str
) -> None:
    round_id = await ordered(client)
    path = f"/rounds/{round_id}/adjustments"
    many = [{"application_id": str(UUID(int=n)), "offer_id": str(UUID(int=n))} for n in range(2 * MOST_WISHES + 1)]
    body = {"pins": many[:MOST_WISHES], "bans": many[MOST_WISHES : 2 * MOST_WISHES]}
    assert (await client.put(path, json=body, headers=COORDINATOR)).status_code == 202
    refused = await client.put(path, json={wish: many[: MOST_WISHES + 1]}, headers=COORDINATOR)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, f"/{wish}")
    assert str(MOST_WISHES) in refused.json()["errors"][0]["detail"]
