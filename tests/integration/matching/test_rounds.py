"""Rounds: all open applications compete for all offers; previewed, adjusted, published."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from services.matching.live import rounds as at_work
from services.matching.live.rounds import compute_next
from services.matching.live.solving import solve_apart
from services.matching.rules.proposals import ProposalState
from shared.events.intake import ApplicationWithdrawn, OfferClosed
from shared.events.matching import MatchProposed
from shared.primitives.ids import new_id
from tests.builders.matching import an_application
from tests.integration.matching.conftest import Crowd, Matching
from tests.integration.matching.test_matching_api import COORDINATOR, signed_in

Round = dict[str, Any]


async def ordered(client: httpx.AsyncClient, **options: object) -> str:
    body = {"programme": "danube", "options": options}
    answer = await client.post("/rounds", json=body, headers=COORDINATOR)
    assert (answer.status_code, answer.json()["state"]) == (202, "queued"), answer.text
    return str(answer.json()["round_id"])


async def shown(client: httpx.AsyncClient, round_id: str) -> Round:
    return dict((await client.get(f"/rounds/{round_id}", headers=COORDINATOR)).json())


async def pairs(client: httpx.AsyncClient, round_id: str) -> list[Round]:
    return list((await client.get(f"/rounds/{round_id}/pairs", headers=COORDINATOR)).json())


async def publish(client: httpx.AsyncClient, round_id: str) -> None:
    answer = await client.post(f"/rounds/{round_id}/publication", headers=COORDINATOR)
    assert (answer.status_code, answer.json()["state"]) == (202, "publishing"), answer.text


async def published(matching: Matching, client: httpx.AsyncClient, round_id: str) -> None:
    """As the schedule does it, to the end."""
    await publish(client, round_id)
    while (await shown(client, round_id))["state"] == "publishing":
        assert await matching.runs("publish rounds")


async def test_a_round_is_computed_previewed_and_published(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    applications, offers = crowd
    round_id = await ordered(client)
    assert await compute_next(matching.database)
    computed = await shown(client, round_id)
    assert (computed["state"], computed["pairs"], computed["problem"]) == ("computed", 3, None)
    measures = computed["report"]["measures"]
    assert (measures["served"], measures["experts"]) == ({"count": 3, "of": 4}, {"count": 3, "of": 3})
    assert len(computed["report"]["unserved"]) == 1
    assert computed["report"]["kept"] == 1.0
    assert await matching.announced() == []
    await published(matching, client, round_id)
    told = [one for one in await matching.announced() if isinstance(one, MatchProposed)]
    assert {one.offer_id for one in told} == {one.offer_id for one in offers}
    assert len({one.application_id for one in told}) == 3
    after = await shown(client, round_id)
    assert (after["state"], after["published"], after["left_out"]) == ("published", 3, 0)
    for one in await pairs(client, round_id):
        proposal = [each for each in told if str(each.proposal_id) == one["proposal_id"]]
        assert [(str(each.application_id), each.score) for each in proposal] == [(one["application_id"], one["score"])]
    open_ = (await client.get("/searches", params={"programme": "danube"}, headers=COORDINATOR)).json()
    assert sorted(one["state"] for one in open_) == ["proposed", "proposed", "proposed", "searching"]
    assert {str(one.application_id) for one in applications} == {one["application_id"] for one in open_}


async def test_pins_and_bans_are_kept_to(matching: Matching, client: httpx.AsyncClient, crowd: Crowd) -> None:
    applications, offers = crowd
    round_id = await ordered(client)
    await compute_next(matching.database)
    pinned = {"application_id": str(applications[3].application_id), "offer_id": str(offers[0].offer_id)}
    banned = {"application_id": str(applications[0].application_id), "offer_id": str(offers[1].offer_id)}
    path = f"/rounds/{round_id}/adjustments"
    answer = await client.put(path, json={"pins": [pinned], "bans": [banned]}, headers=COORDINATOR)
    assert (answer.status_code, answer.json()["state"], answer.json()["wishes"]["pins"]) == (202, "queued", [pinned])
    early = await client.post(f"/rounds/{round_id}/publication", headers=COORDINATOR)
    assert (early.status_code, early.json()["code"]) == (409, "round-state")
    await compute_next(matching.database)
    found = {(one["application_id"], one["offer_id"]): one["pinned"] for one in await pairs(client, round_id)}
    assert found.pop((pinned["application_id"], pinned["offer_id"])) is True
    assert (banned["application_id"], banned["offer_id"]) not in found
    assert set(found.values()) == {False}


async def test_what_can_not_be_solved_says_why_and_can_be_mended(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    applications, offers = crowd
    round_id = await ordered(client)
    await compute_next(matching.database)
    best = str(offers[0].offer_id)
    both = [{"application_id": str(one.application_id), "offer_id": best} for one in applications[:2]]
    await client.put(f"/rounds/{round_id}/adjustments", json={"pins": both}, headers=COORDINATOR)
    await compute_next(matching.database)
    failed = await shown(client, round_id)
    assert failed["state"] == "failed"
    assert str(offers[0].offer_id) in failed["problem"]["detail"]
    await client.put(f"/rounds/{round_id}/adjustments", json={"pins": both[:1]}, headers=COORDINATOR)
    await compute_next(matching.database)
    assert (await shown(client, round_id))["state"] == "computed"


async def test_a_round_without_candidates_is_no_round(matching: Matching, client: httpx.AsyncClient) -> None:
    await matching.lets_coordinators_choose("danube")
    round_id = await ordered(client)
    assert await compute_next(matching.database)
    assert (await shown(client, round_id))["problem"]["code"] == "round-without-applications"
    await matching.hears(an_application(programme="danube"))
    round_id = await ordered(client)
    assert await compute_next(matching.database)
    assert (await shown(client, round_id))["problem"]["code"] == "round-without-candidates"


async def test_the_same_round_gives_the_same_pairs(matching: Matching, client: httpx.AsyncClient, crowd: Crowd) -> None:
    first, second = await ordered(client, seed=5, fairness=0.05), await ordered(client, seed=5, fairness=0.05)
    assert await compute_next(matching.database)
    assert await compute_next(matching.database)
    assert not await compute_next(matching.database)
    assert await pairs(client, first) == await pairs(client, second)
    assert (await shown(client, first))["report"] == (await shown(client, second))["report"]


async def test_what_does_not_fit_any_more_is_left_out_with_the_reason(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    _, offers = crowd
    round_id = await ordered(client)
    await compute_next(matching.database)
    chosen = {one["offer_id"]: UUID(one["application_id"]) for one in await pairs(client, round_id)}
    withdrawn = chosen[str(offers[1].offer_id)]
    await matching.hears(
        OfferClosed(offer_id=offers[0].offer_id, reason="withdrawn"),
        ApplicationWithdrawn(application_id=withdrawn, reason="other"),
    )
    await published(matching, client, round_id)
    reasons = {one["offer_id"]: one["reason"] for one in await pairs(client, round_id)}
    assert reasons == {
        str(offers[0].offer_id): "offer-closed",
        str(offers[1].offer_id): "search-withdrawn",
        str(offers[2].offer_id): None,
    }
    assert len([one for one in await matching.announced() if isinstance(one, MatchProposed)]) == 1


async def test_where_nothing_fits_any_more_the_shortlist_stays(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    applications, offers = crowd
    round_id = await ordered(client)
    await compute_next(matching.database)
    chosen = {one["application_id"]: one["offer_id"] for one in await pairs(client, round_id)}
    first = next(one for one in applications if str(one.application_id) in chosen)
    other = next(one for one in offers if str(one.offer_id) != chosen[str(first.application_id)])
    path = f"/applications/{first.application_id}/shortlist"
    await client.post(path, json={"offers": [str(other.offer_id)]}, headers=COORDINATOR)
    await matching.hears(OfferClosed(offer_id=UUID(chosen[str(first.application_id)]), reason="withdrawn"))
    await published(matching, client, round_id)
    listed = [one for one in await matching.proposals(first) if one.state is ProposalState.SHORTLISTED]
    assert [one.offer_id for one in listed] == [other.offer_id]
    assert (await matching.search(first)).state == "searching"


async def test_publishing_goes_on_where_a_crash_has_ended_it(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    """The second application's transaction is lost; another process finds what is left, and proposes nothing twice."""
    round_id = await ordered(client)
    await compute_next(matching.database)
    await publish(client, round_id)
    assert await matching.runs("publish rounds") == 1
    with pytest.raises(ConnectionResetError):
        await matching.crashes_in("publish rounds")
    assert (await shown(client, round_id))["published"] == 1
    while await matching.runs("publish rounds"):
        pass
    assert (await shown(client, round_id))["state"] == "published"
    told = [one for one in await matching.announced() if isinstance(one, MatchProposed)]
    assert len(told) == len({one.application_id for one in told}) == 3


async def test_what_was_cancelled_or_adjusted_meanwhile_is_not_overwritten(
    matching: Matching,
    client: httpx.AsyncClient,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_id = await ordered(client)

    async def cancelled_meanwhile(*arguments: Any) -> Any:
        solved = await solve_apart(*arguments)
        assert (await client.delete(f"/rounds/{round_id}", headers=COORDINATOR)).json()["state"] == "cancelled"
        return solved

    monkeypatch.setattr(at_work, "solve_apart", cancelled_meanwhile)
    assert await compute_next(matching.database)
    found = await shown(client, round_id)
    assert (found["state"], found["pairs"], found["report"]) == ("cancelled", 0, None)
    again = await client.delete(f"/rounds/{round_id}", headers=COORDINATOR)
    assert (again.status_code, again.json()["code"]) == (409, "round-state")


async def test_rounds_are_for_coordinators(matching: Matching, client: httpx.AsyncClient, crowd: Crowd) -> None:
    round_id = await ordered(client)
    for who in (signed_in(new_id()), signed_in(new_id(), "operator")):
        assert (await client.post("/rounds", headers=who)).status_code == 403
        assert (await client.get("/rounds", headers=who)).status_code == 403
        for path in ("", "/pairs"):
            assert (await client.get(f"/rounds/{round_id}{path}", headers=who)).status_code == 403
        for path in ("", "/publication", "/adjustments"):
            method = {"": "DELETE", "/publication": "POST", "/adjustments": "PUT"}[path]
            answer = await client.request(method, f"/rounds/{round_id}{path}", json={}, headers=who)
            assert answer.status_code == 403
    assert (await client.get(f"/rounds/{new_id()}", headers=COORDINATOR)).status_code == 404
    listed = (await client.get("/rounds", headers=COORDINATOR)).json()
    assert [one["round_id"] for one in listed] == [round_id]
