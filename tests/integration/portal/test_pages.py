"""Pages as a browser without JavaScript gets them."""

import re

import httpx
import pytest

from shared.events.evaluation import AlertRaised
from shared.primitives.ids import new_id
from shared.primitives.terms import Role, Side
from shared.wording.speech import LANGUAGES
from tests.builders.portal import Story, Town
from tests.fakes.http import signed_in
from tests.integration.portal.serving import Portal

pytestmark = pytest.mark.servers

PAGES = ("/", "/cases", "/cases?stage=closed", "/cases/CN-2026-0001", "/cases/nothing")


async def test_an_address_without_a_language_leads_to_the_one_that_the_browser_asks_for(
    browser: httpx.AsyncClient,
) -> None:
    for wanted, given in (("fr-CA,fr;q=0.9,en;q=0.5", "fr"), ("de,es;q=0.4", "es"), ("zh", "en")):
        answer = await browser.get("/", headers={"Accept-Language": wanted})
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/{given}/")
        assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
async def test_every_page_says_its_language_and_links_to_itself_in_the_others(
    portal: Portal, browser: httpx.AsyncClient, language: str, path: str
) -> None:
    await portal.hears(Story().whole())
    answer = await browser.get(f"/{language}{path}")
    assert f'<html lang="{language}">' in answer.text
    for other in LANGUAGES:
        assert f'href="/{other}{path}" hreflang="{other}"' in answer.text


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_has_anything_inline_and_every_page_forbids_it(
    portal: Portal, browser: httpx.AsyncClient, path: str
) -> None:
    await portal.hears(Story().whole())
    answer = await browser.get(f"/en{path}")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", answer.text)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/en/nothing", 404, "This page does not exist"),
        ("/es/cases/CN-1999-0001", 404, "Esta página no existe"),
        ("/fr/cases?stage=nowhere", 404, "Cette page n’existe pas"),
        ("/fr/cases?page=x", 404, "Cette page n’existe pas"),
        ("/nothing", 404, "This page does not exist"),
    ],
)
async def test_what_is_not_there_is_told_in_the_reader_s_language(
    browser: httpx.AsyncClient, path: str, status: int, words: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == status
    assert words in answer.text


async def test_a_program_is_told_with_a_problem_document(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/nothing", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")


async def test_a_defect_becomes_a_page_in_the_reader_s_language(
    portal: Portal, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("services.portal.pages.home.card", fails)
    await portal.hears(Story().submitted())
    answer = await browser.get("/es/")
    assert answer.status_code == 500
    assert "Algo ha fallado por nuestra parte" in answer.text
    assert "a defect" not in answer.text


async def test_a_database_that_is_away_becomes_a_page_that_says_to_come_again(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await portal.database.pool.close()
    answer = await browser.get("/fr/cases")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "Cette page n’est pas disponible" in answer.text


async def test_a_case_is_found_by_its_reference_and_by_its_id(portal: Portal, browser: httpx.AsyncClient) -> None:
    story = Story().matched()
    await portal.hears(story)
    by_id = await browser.get(f"/en/cases/{story.case_id}")
    assert by_id.headers["Location"] == "/en/cases/CN-2026-0001"
    assert (await browser.get("/en/cases/cn-2026-0001")).headers["Location"] == "/en/cases/CN-2026-0001"
    assert (await browser.get("/en/cases/CN-2026-0001")).status_code == 200


async def test_a_case_that_was_only_heard_of_has_a_page(portal: Portal, browser: httpx.AsyncClient) -> None:
    story = Story().submitted().proposed()
    await portal.hears(story.events[-1:])
    answer = await browser.get(f"/en/cases/{story.case_id}")
    assert answer.status_code == 200
    assert "The application has not arrived here yet" in answer.text
    assert "The application is on its way" in (await browser.get("/en/cases")).text


async def test_what_people_wrote_keeps_its_language(portal: Portal, browser: httpx.AsyncClient) -> None:
    await portal.hears(Story().matched())
    english, spanish = await browser.get("/en/cases/CN-2026-0001"), await browser.get("/es/cases/CN-2026-0001")
    assert '<h1><span lang="es">Turismo patrimonial en el centro histórico</span></h1>' in english.text
    assert "<h1>Turismo patrimonial en el centro histórico</h1>" in spanish.text
    assert '<span lang="ca">Rutes guiades pel patrimoni local</span>' in spanish.text


async def test_what_a_stranger_put_into_a_title_stays_text(portal: Portal, browser: httpx.AsyncClient) -> None:
    story = Story(title="<script>alert(1)</script>", requester=Town('"><img src=x onerror=alert(2)>', "CO", 3665542))
    await portal.hears(story.organisations().submitted())
    for path in ("/en/", "/en/cases", "/en/cases/CN-2026-0001"):
        text = (await browser.get(path)).text
        assert "<script>alert" not in text
        assert "<img" not in text


async def test_no_page_shows_who_a_member_is(portal: Portal, browser: httpx.AsyncClient) -> None:
    story = Story().whole()
    await portal.hears(story)
    page = (await browser.get("/en/cases/CN-2026-0001")).text
    shown = (await browser.get(f"/v1/cases/{story.case_id}", headers=signed_in())).text
    names = ("expert_id", "owner_id")
    members = [getattr(event.data, name) for event in story.events for name in names if hasattr(event.data, name)]
    assert len(members) == 2
    for member in members:
        assert str(member) not in page + shown


async def test_the_list_has_pages_of_twenty(portal: Portal, browser: httpx.AsyncClient) -> None:
    await portal.hears(*(Story(reference=f"CN-2026-{number:04}").submitted() for number in range(1, 43)))
    first, last = await browser.get("/en/cases"), await browser.get("/en/cases?page=3")
    assert first.text.count('class="card"') == 20
    assert "CN-2026-0042" in first.text
    assert last.text.count('class="card"') == 2
    assert "Page 3 of 3" in last.text
    assert 'rel="next"' not in last.text
    assert (await browser.get("/en/cases?page=9")).headers["Location"] == "/en/cases?page=3"


async def test_the_list_names_who_acts_next(portal: Portal, browser: httpx.AsyncClient) -> None:
    story = Story().organisations().submitted().validated().proposed().accepted(Side.REQUESTER)
    await portal.hears(story)
    page = (await browser.get("/en/cases")).text
    assert "<strong>Accept or decline the proposal</strong> · Granollers · by 16 March 2026" in page
    assert "Zipaquirá, Colombia" in page
    assert "Granollers, Spain" not in page, "they are no pair yet"


async def test_a_case_shows_how_long_those_who_were_reminded_have_left(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    story = Story().organisations().submitted().validated().offered().proposed().accepted(Side.REQUESTER)
    await portal.hears(story.reminded(Side.OFFERER, days_left=2))
    page = (await browser.get("/en/cases/CN-2026-0001")).text
    assert page.count("Reminder of 9 March 2026: 2 working days left") == 2  # what happens next, and the proposal
    assert "A reminder to answer the proposal of Granollers was sent to Granollers: 2 working days are left." in page
    assert "Rappel du 9 mars 2026 : il reste 2 jours ouvrables" in (await browser.get("/fr/cases/CN-2026-0001")).text


@pytest.mark.parametrize(
    ("language", "heading", "gain"),
    [
        ("en", "What would raise the score", "If the expert had 10 years in the role: 3 points more."),
        ("es", "Qué aumentaría la puntuación", "Si la persona experta llevara 10 años en el puesto: 3 puntos más."),
        (
            "fr",
            "Ce qui ajouterait des points",
            "Si l’expert ou l’experte avait 10 ans dans la fonction : 3 points de plus.",
        ),
    ],
)
async def test_a_proposal_shows_the_greatest_gains_that_its_score_could_have(
    portal: Portal, browser: httpx.AsyncClient, language: str, heading: str, gain: str
) -> None:
    await portal.hears(Story().organisations().submitted().validated().offered().proposed())
    page = (await browser.get(f"/{language}/cases/CN-2026-0001")).text
    after = page.partition(f'<h4>{heading}<span class="unseen">: Granollers')[2].partition("</ul>")[0]
    assert f"<li>{gain}</li>" in after
    assert after.count("<li>") == 3


async def test_a_proposal_of_a_matching_that_told_no_gains_has_no_heading_for_them(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await portal.hears(Story().organisations().submitted().validated().offered().proposed(raises=()))
    page = (await browser.get("/en/cases/CN-2026-0001")).text
    assert "Why this peer" in page
    assert "What would raise the score" not in page


async def test_a_case_without_a_match_shows_why_offers_were_left_out(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    await portal.hears(Story().submitted().validated().no_match())
    page = (await browser.get("/es/cases/CN-2026-0001")).text
    assert "Por qué ninguna oferta" in page
    assert '<tr><th scope="row">Ningún idioma en común</th><td>9</td></tr>' in page
    assert '<tr><th scope="row">Otro tipo de intercambio</th><td>5</td></tr>' in page


async def test_an_empty_list_teaches(browser: httpx.AsyncClient) -> None:
    assert "A case begins when" in (await browser.get("/en/cases")).text
    assert "Todavía no hay casos" in (await browser.get("/es/")).text


async def test_files_are_kept_for_ever_by_browsers_and_come_compressed(browser: httpx.AsyncClient) -> None:
    page = (await browser.get("/en/")).text
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = await browser.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
    assert (await browser.get("/static/../../settings.py")).status_code == 404


async def test_the_json_of_a_case_needs_a_token_and_tells_the_timeline(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    story = Story().whole()
    await portal.hears(story)
    assert (await browser.get("/v1/cases")).status_code == 401
    listed = (await browser.get("/v1/cases", headers=signed_in())).json()
    assert (listed["total"], listed["cases"][0]["reference"], listed["cases"][0]["stage"]) == (
        1,
        "CN-2026-0001",
        "closed",
    )
    told = (await browser.get(f"/v1/cases/{story.case_id}", headers=signed_in())).json()
    assert [entry["event_id"] for entry in told["timeline"]] == [str(e.id) for e in story.events if e.case_id]
    assert told["requester"]["name"] == "Zipaquirá"
    ratings = ["ratings" in entry["facts"] for entry in told["timeline"] if entry["type"] == "EvaluationSubmitted"]
    assert ratings == [False, False]
    missing = await browser.get("/v1/cases/0191a1b2-0000-7000-8000-000000000000", headers=signed_in())
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-case")


async def test_ratings_alerts_and_reasons_are_told_to_those_who_run_the_exchanges_only(
    portal: Portal, browser: httpx.AsyncClient
) -> None:
    story = Story().whole()
    ids = {"survey_id": new_id(), "exchange_id": story.exchange_id, "application_id": story.case_id}
    story.tell(AlertRaised(**ids, item="usefulness", value=1), service="evaluation")
    await portal.hears(story)
    reader = await browser.get(f"/v1/cases/{story.case_id}", headers=signed_in(Role.READER))
    coordinator = await browser.get(f"/v1/cases/{story.case_id}", headers=signed_in(Role.COORDINATOR))
    assert "AlertRaised" not in reader.text
    assert '"ratings"' not in reader.text
    assert "AlertRaised" in coordinator.text
    assert '"ratings"' in coordinator.text
    assert "usefulness" not in (await browser.get("/en/cases/CN-2026-0001")).text
