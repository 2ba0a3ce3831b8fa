"""Where a coordinator publishes: computed, shortlisted, published; nobody outside hears before."""

from uuid import UUID

import httpx
import pytest

from services.matching.rules.proposals import ProposalState
from services.matching.rules.searches import SearchState
from shared.events.intake import ApplicationValidated, ApplicationWithdrawn, OfferClosed, OfferPublished
from shared.events.matching import CandidatesFound, MatchProposed, NoMatchFound
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR, signed_in

P = ProposalState


@pytest.fixture
async def offers(matching: Matching) -> list[OfferPublished]:
    """Five that fit, the best first, in a world where coordinators of `danube` choose."""
    await matching.lets_coordinators_choose("danube")
    offers = [an_offer(years_in_role=years) for years in (9, 7, 5, 3, 1)]
    await matching.hears(*offers)
    return offers


async def searched(matching: Matching) -> ApplicationValidated:
    application = an_application(programme="danube")
    await matching.hears(application)
    return application


async def states(matching: Matching, application: ApplicationValidated) -> dict[UUID, ProposalState]:
    return {one.offer_id: one.state for one in reversed(await matching.proposals(application))}


async def post(
    client: httpx.AsyncClient, application: ApplicationValidated, what: str, *offers: OfferPublished
) -> httpx.Response:
    body = {"offers": [str(one.offer_id) for one in offers]}
    return await client.post(f"/applications/{application.application_id}/{what}", json=body, headers=COORDINATOR)


async def test_what_was_found_waits_for_a_coordinator(matching: Matching, offers: list[OfferPublished]) -> None:
    application = await searched(matching)
    assert (await matching.announced()) == [
        CandidatesFound(application_id=application.application_id, candidates=3, search=1)
    ]
    assert (await matching.search(application)).state is SearchState.SEARCHING
    assert await states(matching, application) == dict.fromkeys((one.offer_id for one in offers[:3]), P.COMPUTED)


async def test_nobody_answers_what_is_not_published(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    computed = (await matching.proposals(application))[0]
    for who in (signed_in(computed.requester_id), signed_in(computed.offerer_id, "expert")):
        path = f"/proposals/{computed.proposal_id}"
        assert (await client.get(path, headers=who)).status_code == 404
        assert (await client.post(f"{path}/acceptance", headers=who)).status_code == 404
        listed = await client.get(f"/applications/{application.application_id}/proposals", headers=who)
        assert listed.json() == []


async def test_the_shortlist_is_published_to_both_sides(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    listed = await post(client, application, "shortlist", offers[4], offers[1])
    assert [one["state"] for one in listed.json()] == ["shortlisted", "shortlisted"]
    await matching.announced()
    published = (await post(client, application, "publication")).json()
    assert [(one["offer_id"], one["rank"], one["state"]) for one in published] == [
        (str(offers[1].offer_id), 1, "published"),
        (str(offers[4].offer_id), 2, "published"),
    ]
    assert {one["proposal_id"] for one in published} == {one["proposal_id"] for one in listed.json()}
    told = await matching.announced()
    assert [one.offer_id for one in told if isinstance(one, MatchProposed)] == [offers[1].offer_id, offers[4].offer_id]
    assert (await matching.search(application)).state is SearchState.PROPOSED
    for one in await matching.proposals(application):
        if one.state is P.PUBLISHED:
            assert one.score == round(sum(each.points for each in one.contributions), 2)


async def test_a_chosen_pair_is_agreed_and_the_rest_ends_quietly(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await post(client, application, "shortlist", offers[0])
    await post(client, application, "publication", offers[1])
    (published,) = [one for one in await matching.proposals(application) if one.state is P.PUBLISHED]
    await matching.announced()
    await matching.agree(published)
    assert sorted((await states(matching, application)).values()) == [P.CONFIRMED, P.SUPERSEDED, P.SUPERSEDED]
    names = [type(one).__name__ for one in await matching.announced()]
    assert names == ["MatchAccepted", "MatchAccepted", "MatchConfirmed"]
    shown = f"/applications/{application.application_id}/proposals"
    seen = (await client.get(shown, headers=signed_in(published.requester_id))).json()
    assert [one["state"] for one in seen] == ["confirmed"]


async def test_what_is_taken_off_the_list_is_not_published(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await post(client, application, "shortlist", offers[0], offers[1])
    path = f"/applications/{application.application_id}/shortlist/{offers[0].offer_id}"
    assert (await client.delete(path, headers=COORDINATOR)).json()["state"] == "computed"
    assert (await client.delete(path, headers=COORDINATOR)).status_code == 404
    published = (await post(client, application, "publication")).json()
    assert [one["offer_id"] for one in published] == [str(offers[1].offer_id)]


async def test_who_is_ruled_out_by_now_stops_the_whole_publication(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application, silent = await searched(matching), an_offer(modes=(Mode.ROUND_TABLE,))
    await post(client, application, "shortlist", offers[0], offers[1])
    await matching.hears(silent, OfferClosed(offer_id=offers[1].offer_id, reason="withdrawn"))
    refused = await post(client, application, "publication")
    assert (refused.status_code, refused.json()["code"]) == (422, "offers-ruled-out")
    assert [problem["code"] for problem in refused.json()["errors"]] == ["no-such-offer"]
    refused = await post(client, application, "shortlist", offers[2], silent)
    assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/offers/1", "mode")]
    assert not any(isinstance(one, MatchProposed) for one in await matching.announced())
    published = await post(client, application, "publication", offers[0])
    assert published.status_code == 200
    refused = await post(client, application, "publication", offers[0])
    assert [problem["code"] for problem in refused.json()["errors"]] == ["proposed-already"]


async def test_an_offer_that_is_named_twice_is_told(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    for what in ("shortlist", "publication"):
        refused = await post(client, application, what, offers[0], offers[1], offers[0])
        assert (refused.status_code, refused.json()["code"]) == (422, "offers-ruled-out")
        assert [(one["pointer"], one["code"]) for one in refused.json()["errors"]] == [("/offers/2", "named-twice")]


async def test_an_empty_shortlist_publishes_nothing(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    refused = await post(client, application, "publication")
    assert (refused.status_code, refused.json()["code"]) == (409, "shortlist-empty")


async def test_further_offers_are_published_beside_those_that_were(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    """Also where the search publishes by itself."""
    application = an_application()
    await matching.hears(application)
    assert len(await matching.proposals(application)) == 3
    (further,) = (await post(client, application, "publication", offers[3])).json()
    assert (further["rank"], further["state"]) == (4, "published")


async def test_after_the_last_refusal_the_choice_begins_anew(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await post(client, application, "publication", offers[0])
    (published,) = [one for one in await matching.proposals(application) if one.state is P.PUBLISHED]
    await matching.declines(published.requester_id, published.proposal_id)
    assert (await matching.search(application)).state is SearchState.SEARCHING
    now = [one for one in await matching.proposals(application) if one.search == 2]
    assert [(one.offer_id, one.state) for one in now] == [(one.offer_id, P.COMPUTED) for one in offers[1:4]]
    last = (await matching.announced())[-1]
    assert last == CandidatesFound(application_id=application.application_id, candidates=3, search=2)


async def test_after_the_last_refusal_the_shortlist_stays_while_it_fits(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await post(client, application, "shortlist", offers[3], offers[4])
    await post(client, application, "publication", offers[0])
    (published,) = [one for one in await matching.proposals(application) if one.state is P.PUBLISHED]
    await matching.hears(OfferClosed(offer_id=offers[3].offer_id, reason="withdrawn"))
    await matching.declines(published.requester_id, published.proposal_id)
    now = {one.offer_id: one.state for one in reversed(await matching.proposals(application))}
    assert [now[one.offer_id] for one in offers] == [P.DECLINED, P.COMPUTED, P.COMPUTED, P.SUPERSEDED, P.SHORTLISTED]
    last = (await matching.announced())[-1]
    assert last == CandidatesFound(application_id=application.application_id, candidates=3, search=2)


async def test_an_answer_beside_what_is_published_waits_for_the_coordinator_too(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await post(client, application, "publication", offers[0])
    await matching.announced()
    answer = an_offer(answers=application.application_id)
    await matching.hears(answer)
    assert await matching.announced() == []
    assert (await states(matching, application))[answer.offer_id] is P.COMPUTED
    assert (await post(client, application, "publication", answer)).status_code == 200


async def test_an_offer_that_comes_after_a_search_without_a_match_is_put_before_the_coordinator(
    matching: Matching,
) -> None:
    await matching.lets_coordinators_choose("danube")
    application = await searched(matching)
    assert isinstance((await matching.announced())[-1], NoMatchFound)
    await matching.hears(an_offer())
    assert (await matching.search(application)).state is SearchState.SEARCHING
    assert isinstance((await matching.announced())[-1], CandidatesFound)


async def test_a_withdrawn_application_has_nothing_left_to_publish(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    await matching.hears(ApplicationWithdrawn(application_id=application.application_id, reason="no-budget"))
    assert set((await states(matching, application)).values()) == {P.SUPERSEDED}
    refused = await post(client, application, "publication", offers[0])
    assert (refused.status_code, refused.json()["code"]) == (409, "search-at-an-end")


async def test_a_choice_that_is_sent_twice_with_its_key_is_answered_alike_and_made_once(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    """Each of these commands answers with a list."""
    application = await searched(matching)
    body = {"offers": [str(offers[0].offer_id)]}
    for what in ("shortlist", "publication"):
        path, headers = f"/applications/{application.application_id}/{what}", COORDINATOR | {"Idempotency-Key": what}
        first, second = [await client.post(path, json=body, headers=headers) for _ in range(2)]
        assert (first.status_code, second.status_code, second.json()) == (200, 200, first.json())
        assert second.headers["Idempotency-Replayed"] == "true"
    assert len([one for one in await matching.announced() if isinstance(one, MatchProposed)]) == 1


async def test_only_coordinators_choose(
    matching: Matching, client: httpx.AsyncClient, offers: list[OfferPublished]
) -> None:
    application = await searched(matching)
    body = {"offers": [str(offers[0].offer_id)]}
    for what in ("shortlist", "publication"):
        for who in (signed_in(application.organisation.organisation_id), signed_in(new_id(), "operator")):
            path = f"/applications/{application.application_id}/{what}"
            assert (await client.post(path, json=body, headers=who)).status_code == 403
