"""The coordinator's desk: who is best and why, why not, what if."""

import httpx
import pytest

from shared.events.base import LanguageSkill
from shared.events.intake import ApplicationValidated, ApplicationWithdrawn, OfferClosed, OfferPublished
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Mode
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_matching_api import COORDINATOR, signed_in


def ranking_of(application: ApplicationValidated) -> str:
    return f"/applications/{application.application_id}/ranking"


async def test_the_list_shows_more_than_was_proposed_and_what_became_of_it(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    offers = [an_offer(years_in_role=years) for years in (9, 7, 5, 3, 1)]
    closed, far = an_offer(), an_offer(modes=(Mode.ROUND_TABLE,))
    application = an_application()
    await matching.hears(*offers, closed, far, OfferClosed(offer_id=closed.offer_id, reason="withdrawn"), application)
    shown = (await client.get(ranking_of(application), params={"top": 4}, headers=COORDINATOR)).json()
    assert [one["offer_id"] for one in shown["offers"]] == [str(one.offer_id) for one in offers[:4]]
    assert [one["rank"] for one in shown["offers"]] == [one["was"] for one in shown["offers"]] == [1, 2, 3, 4]
    assert [one["state"] for one in shown["offers"]] == ["published"] * 3 + [None]
    assert (shown["considered"], shown["passed"], shown["policy"]) == (6, 5, 1)
    assert shown["filtered"] == [{"filter": "mode", "offers": 1}]
    first = shown["offers"][0]
    assert first["score"] == pytest.approx(sum(each["points"] for each in first["contributions"]))
    assert (first["title"], first["title_language"], first["country"]) == ("Sewerage step by step", "en", "NL")


async def test_other_weights_are_tried_beside_those_that_hold(matching: Matching, client: httpx.AsyncClient) -> None:
    speaks = an_offer(languages=(LanguageSkill(language="en", level=Level.C2),), years_in_role=0)
    knows = an_offer(languages=(LanguageSkill(language="en", level=Level.B2),), years_in_role=20)
    application = an_application()
    await matching.hears(speaks, knows, application)
    weights = {"knowledge": 0, "position": 0, "context": 0, "language": 100, "availability": 0}
    tried = await client.post(f"{ranking_of(application)}/trials", json={"weights": weights}, headers=COORDINATOR)
    assert [(one["offer_id"], one["rank"], one["was"]) for one in tried.json()["offers"]] == [
        (str(speaks.offer_id), 1, 2),
        (str(knows.offer_id), 2, 1),
    ]
    assert tried.json()["offers"][1]["score"] == 70
    again = (await client.get(ranking_of(application), headers=COORDINATOR)).json()
    assert again["offers"][0]["offer_id"] == str(knows.offer_id)


async def test_less_that_is_asked_for_is_tried_too(matching: Matching, client: httpx.AsyncClient) -> None:
    offer, application = an_offer(languages=(LanguageSkill(language="nl", level=Level.C2),)), an_application()
    await matching.hears(offer, application)
    body = {"relax": ["interpretation"]}
    tried = (await client.post(f"{ranking_of(application)}/trials", json=body, headers=COORDINATOR)).json()
    assert [(one["offer_id"], one["was"]) for one in tried["offers"]] == [(str(offer.offer_id), None)]
    assert tried["relaxed"] == ["interpretation"]
    assert (await matching.search(application)).state == "no-match"


async def test_why_an_offer_is_proposed(matching: Matching, client: httpx.AsyncClient) -> None:
    offer = an_offer(title="Waste collection and sewerage", themes=("sanitation", "waste"))
    application = an_application(title="A sanitation strategy", themes=("sanitation", "water"))
    await matching.hears(offer, application)
    why = (await client.get(f"{ranking_of(application)}/{offer.offer_id}", headers=COORDINATOR)).json()
    assert (why["rank"], why["passed"], why["missing"], why["obstacles"]) == (1, 1, 0.0, [])
    assert why["score"] == pytest.approx(sum(each["points"] for each in why["contributions"]))
    assert why["raises"][0]["code"] == "theme:water"
    assert (why["requester"]["country"], why["offerer"]["country"]) == ("GH", "NL")
    assert why["requester"]["income"] < why["offerer"]["income"]
    assert [(one["theme"], one["requester"], one["offerer"]) for one in why["phrases"]] == [
        ("sanitation", ["sanitation strategy"], ["sewerage"])
    ]


async def test_why_an_offer_is_not_proposed(matching: Matching, client: httpx.AsyncClient) -> None:
    """Four better ones for three proposals; one is ruled out by its language; one has nothing to do with it."""
    better = [an_offer() for _ in range(4)]
    fifth = an_offer(years_in_role=1)
    silent = an_offer(languages=(LanguageSkill(language="nl", level=Level.C2),))
    at_home = an_offer(organisation=an_organisation("GH"), themes=("tourism",), dac=("33210",))
    application = an_application()
    await matching.hears(*better, fifth, silent, at_home, application)
    proposed = (await matching.proposals(application))[-1]

    async def why(offer: OfferPublished) -> dict[str, object]:
        answer = await client.get(f"{ranking_of(application)}/{offer.offer_id}", headers=COORDINATOR)
        return dict(answer.json())

    found = await why(fifth)
    assert (found["rank"], found["passed"]) == (5, 5)
    assert found["missing"] == pytest.approx(proposed.score - float(str(found["score"])))
    ruled_out = await why(silent)
    assert (ruled_out["obstacles"], ruled_out["lets_in"]) == (["language"], ["interpretation"])
    assert (ruled_out["rank"], ruled_out["score"], ruled_out["missing"]) == (None, None, None)
    both = await why(at_home)
    assert (both["obstacles"], both["lets_in"]) == (["same-country", "knowledge"], [])
    nobody = await client.get(f"{ranking_of(application)}/{new_id()}", headers=COORDINATOR)
    assert (nobody.status_code, nobody.json()["code"]) == (404, "no-such-offer")


async def test_a_better_offer_behind_those_that_were_asked_for_is_told_so(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    """The better one of a stranger is behind them whatever its points; among those asked for, points decide."""
    wished = [an_offer(years_in_role=years) for years in (4, 3, 2, 1)]
    better = an_offer(years_in_role=20)
    application = an_application(preferred=tuple(one.organisation.organisation_id for one in wished))
    await matching.hears(*wished, better, application)
    behind, fourth, first = [
        (await client.get(f"{ranking_of(application)}/{one.offer_id}", headers=COORDINATOR)).json()
        for one in (better, wished[3], wished[0])
    ]
    proposed = await matching.proposals(application)
    assert behind["score"] > proposed[0].score
    assert (behind["rank"], behind["missing"], behind["wished_first"]) == (5, None, True)
    assert behind["words"]["standing"].endswith("the applicant asked for come first.")
    assert (fourth["rank"], fourth["wished_first"]) == (4, False)
    assert fourth["missing"] == pytest.approx(proposed[-1].score - fourth["score"])
    assert (first["rank"], first["missing"], first["wished_first"]) == (1, 0.0, False)


async def test_an_offer_with_as_many_points_as_the_last_one_proposed_is_told_so(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    offers, application = [an_offer() for _ in range(4)], an_application()
    await matching.hears(*offers, application)
    proposed = {one.offer_id for one in await matching.proposals(application)}
    (left,) = [one.offer_id for one in offers if one.offer_id not in proposed]
    found = (await client.get(f"{ranking_of(application)}/{left}", headers=COORDINATOR)).json()
    assert (found["rank"], found["missing"]) == (4, 0.0)
    assert found["words"]["standing"].endswith("with as many points as the last one proposed.")


@pytest.mark.parametrize(
    ("language", "place", "against", "remedy"),
    [
        ("en", "Number 1 of 1 offer that passes.", "There is no language", "Allow interpretation"),
        ("es", "Número 1 de 1 oferta", "No hay ningún idioma", "Admitir interpretación"),
        ("fr", "Numéro 1 sur 1 offre", "Il n’y a ni langue", "Admettre une interprétation"),
    ],
)
async def test_why_and_why_not_in_the_readers_language(
    matching: Matching, client: httpx.AsyncClient, language: str, place: str, against: str, remedy: str
) -> None:
    offer, application = an_offer(), an_application()
    silent = an_offer(languages=(LanguageSkill(language="nl", level=Level.C2),))
    await matching.hears(offer, silent, application)
    asked = COORDINATOR | {"Accept-Language": language}
    why, why_not = [
        (await client.get(f"{ranking_of(application)}/{one.offer_id}", headers=asked)).json()["words"]
        for one in (offer, silent)
    ]
    assert (why["language"], why["standing"][: len(place)], why["against"]) == (language, place, [])
    assert [one["out_of"] for one in why["pair"]["factors"]] == [40, 25, 15, 10, 10]
    assert len(why["pair"]["raises"]) == len((await matching.proposal(application)).raises)
    assert (why_not["against"][0][: len(against)], why_not["lets_in"]) == (against, [remedy])
    assert len(why["places"]) == len(why_not["places"]) >= 3
    proposal = await matching.proposal(application)
    path = f"/proposals/{proposal.proposal_id}/explanation"
    for side in (proposal.requester_id, proposal.offerer_id):
        told = await client.get(path, params={"language": language}, headers=signed_in(side))
        assert told.json() == why["pair"]
    assert (await client.get(path, headers=signed_in(new_id()))).status_code == 404
    assert (await client.get(path, params={"language": "tlh"}, headers=asked)).status_code == 422


async def test_searches_are_listed_in_pages(matching: Matching, client: httpx.AsyncClient) -> None:
    applications = [an_application() for _ in range(3)]
    await matching.hears(*applications, an_offer(answers=applications[1].application_id))
    first = (await client.get("/searches", params={"limit": 2}, headers=COORDINATOR)).json()
    assert [one["application_id"] for one in first] == [str(one.application_id) for one in applications[:2]]
    assert [one["state"] for one in first] == ["no-match", "proposed"]
    last = await client.get("/searches", params={"after": first[-1]["application_id"]}, headers=COORDINATOR)
    assert [one["application_id"] for one in last.json()] == [str(applications[2].application_id)]
    unmatched = await client.get("/searches", params={"state": "no-match"}, headers=COORDINATOR)
    assert len(unmatched.json()) == 2


async def test_a_search_is_found_by_its_reference_also_at_its_end(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    ended, other = an_application(reference="CN-2026-0041"), an_application(reference="CN-2026-0042")
    await matching.hears(ended, other, ApplicationWithdrawn(application_id=ended.application_id, reason="other"))
    found = (await client.get("/searches", params={"reference": "CN-2026-0041"}, headers=COORDINATOR)).json()
    assert [(one["application_id"], one["state"]) for one in found] == [(str(ended.application_id), "withdrawn")]
    listed = (await client.get("/searches", headers=COORDINATOR)).json()
    assert [one["reference"] for one in listed] == ["CN-2026-0042"]


@pytest.mark.parametrize("path", ["/searches", "/policies", "{ranking}", "{ranking}/{offer}"])
async def test_the_desk_is_for_coordinators(matching: Matching, client: httpx.AsyncClient, path: str) -> None:
    offer, application = an_offer(), an_application()
    await matching.hears(offer, application)
    path = path.format(ranking=ranking_of(application), offer=offer.offer_id)
    for who in (signed_in(application.organisation.organisation_id), signed_in(new_id(), "operator")):
        assert (await client.get(path, headers=who)).status_code == 403
    assert (await client.get(path)).status_code == 401
    assert (await client.get(path, headers=COORDINATOR)).status_code == 200


async def test_nobody_searched_for_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in (f"/applications/{new_id()}/ranking", f"/applications/{new_id()}/relaxations"):
        assert (await client.get(path, headers=COORDINATOR)).status_code == 404
