"""The page that finds the themes of a need, as a browser without JavaScript gets it, with matching's API beside it."""

import re
from typing import Any

import httpx
import pytest

from tests.builders.portal import Story
from tests.integration.portal.serving import Portal
from tests.integration.portal.themes_page import (
    BY_HAND,
    CHALLENGE,
    SUGGEST,
    TEXT,
    TITLE,
    USE,
    boxes,
    fields,
    keeps,
    sends,
)

pytestmark = pytest.mark.servers


async def test_a_text_gets_ticked_suggestions_with_the_words_that_led_to_them(reader: httpx.AsyncClient) -> None:
    page = await sends(reader, TEXT | SUGGEST)
    assert page.status_code == 200
    assert boxes(page) == {"themes-waste": True, "sdgs-11": True, "sdgs-12": True, "dac-14050": True}
    assert 'because you wrote: <q lang="en">Household waste</q>, <q lang="en">landfill</q>' in page.text
    assert "Very likely" in page.text
    assert "We read your text as English." in page.text
    assert f'name="title" value="{TITLE}" lang="en"' in page.text
    assert f">\n{CHALLENGE}</textarea>" in page.text
    assert "You wrote 16 of 300 words." in page.text


async def test_a_text_in_any_of_the_five_languages_is_read_on_a_page_in_another(reader: httpx.AsyncClient) -> None:
    written = {
        "pt": "O lixo doméstico é queimado na rua e não temos aterro sanitário.",
        "nl": "Het huisvuil wordt in onze straten verbrand en we hebben geen stortplaats.",
        "es": "La basura se quema en las calles y no tenemos vertedero.",
    }
    for tag, challenge in written.items():
        page = await sends(reader, {"challenge": challenge, "language": tag} | SUGGEST, "fr")
        assert boxes(page)["themes-waste"]
        assert f'<q lang="{tag}">' in page.text
        assert f'<option value="{tag}" selected>' in page.text


async def test_what_is_unticked_stays_so_and_what_is_added_stays_when_the_same_text_is_sent_again(
    reader: httpx.AsyncClient,
) -> None:
    first = await sends(reader, TEXT | SUGGEST)
    overruled = {"sdgs": ["12"], "dac": [], "themes_more": ["revenue", ""]}
    second = await sends(reader, fields(first) | overruled | SUGGEST)
    expected = {"themes-waste": True, "themes-revenue": True, "sdgs-11": False, "sdgs-12": True, "dac-14050": False}
    assert boxes(second) == expected
    used = await sends(reader, fields(second) | USE)
    assert "DAC 14050" not in used.text
    third = await sends(reader, fields(used) | SUGGEST)
    assert boxes(third) == expected
    other = await sends(reader, fields(third) | {"challenge": "Families need cheap housing."} | SUGGEST)
    assert {"themes-waste": True, "themes-revenue": True, "themes-housing": True}.items() <= boxes(other).items()
    assert boxes(await sends(reader, fields(other) | {"challenge": CHALLENGE} | SUGGEST)) == expected | {
        "themes-housing": True,
        **{key: on for key, on in boxes(other).items() if key not in expected},
    }


async def test_the_choice_becomes_names_and_codes_beside_the_cases_that_share_them(
    portal: Portal, reader: httpx.AsyncClient
) -> None:
    await portal.hears(
        Story(themes=("waste",), title="Basura sin quemar").submitted(),
        Story(reference="CN-2026-0002", themes=("peace",), title="Convivencia").submitted(),
    )
    page = await sends(reader, TEXT | {"themes": "waste", "dac_more": "14050", "sdgs": "6"} | USE)
    assert page.status_code == 200
    for said in ("Waste and recycling", "DAC 14050", "Clean water and sanitation", "SDG 6", TITLE, CHALLENGE):
        assert said in page.text
    assert "Basura sin quemar" in page.text
    assert "Convivencia" not in page.text
    assert [fields(page)[name] for name in ("themes", "sdgs", "dac")] == [["waste"], ["6"], ["14050"]]
    assert keeps(page)


async def test_without_a_case_on_it_the_page_teaches(reader: httpx.AsyncClient) -> None:
    page = await sends(reader, {"themes": "peace"} | USE, "es")
    assert "la suya puede ser la primera" in page.text


async def test_no_more_than_five_cases_are_shown(portal: Portal, reader: httpx.AsyncClient) -> None:
    await portal.hears(*(Story(reference=f"CN-2026-000{number}").submitted() for number in range(1, 8)))
    page = await sends(reader, {"themes": "tourism"} | USE)
    assert page.text.count('class="card"') == 5
    assert "CN-2026-0007" in page.text


@pytest.mark.parametrize(
    ("sent", "place", "words"),
    [
        ({"title": "t" * 101}, "title", "The title has 101 characters. Shorten it to 100 at most."),
        ({"challenge": "word " * 301}, "challenge", "The challenge has 301 words. Shorten it to 300 at most."),
        ({"challenge": "w" * 6001}, "challenge", "The challenge has 6,001 characters."),
        ({"language": "xx"}, "language", "Choose a language from the list."),
        ({"title": "", "challenge": " \r\n "}, "challenge", "Write a title or describe the challenge"),
        ({"themes": ["waste", "water", "food", "peace"]}, "themes-waste", "You have chosen 4 themes."),
        ({"sdgs": ["1", "2"], "sdgs_more": ["3", "4"]}, "sdgs-12", "You have chosen 4 goals."),
        ({"themes": "nonsense"}, "themes-waste", "One of your themes is not in our list"),
        ({"sdgs": "18"}, "sdgs-12", "One of your goals is not in our list"),
        ({"dac_more": "<script>"}, "dac-14050", "One of your codes is not in our list"),
    ],
)
async def test_what_is_wrong_is_said_above_and_beside_its_field_and_nothing_is_lost(
    reader: httpx.AsyncClient, sent: dict[str, Any], place: str, words: str
) -> None:
    page = await sends(reader, TEXT | sent | SUGGEST)
    assert page.status_code == 422
    assert "<title>Error: Find the themes of your need" in page.text
    assert re.search(rf'<li><a href="#{place}">{re.escape(words)}', page.text)
    assert f'id="{place}"' in page.text
    assert re.search(rf'<p class="wrong"[^>]*><span class="unseen">Error:</span> {re.escape(words)}', page.text)
    assert "<script>" not in page.text
    asked = TEXT | sent
    assert fields(page)["title"] == [asked["title"]]
    assert fields(page)["challenge"][0].split() == asked["challenge"].split()
    known = {code for name in ("themes", "sdgs") for code in asked.get(name, ()) if isinstance(asked[name], list)}
    assert known <= {*fields(page).get("themes", ()), *fields(page).get("sdgs", ())}


async def test_four_of_a_kind_can_not_be_used_and_the_suggestions_stay_to_decide_by(reader: httpx.AsyncClient) -> None:
    four = {"themes": ["waste", "water", "food"], "themes_more": "peace", "themes_seen": "waste"}
    page = await sends(reader, TEXT | four | USE)
    assert page.status_code == 422
    assert boxes(page) | {"sdgs-11": False, "sdgs-12": False, "dac-14050": False} == boxes(page), (
        "nothing new is ticked"
    )
    assert [key for key, on in boxes(page).items() if on] == [
        "themes-waste",
        "themes-water",
        "themes-food",
        "themes-peace",
    ]
    assert "because you wrote" in page.text


async def test_nothing_chosen_is_nothing_to_use(reader: httpx.AsyncClient) -> None:
    page = await sends(reader, TEXT | USE)
    assert (page.status_code, "Choose at least one theme, goal or code." in page.text, keeps(page)) == (422, True, True)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"title": "help"}, "There are too few words to find themes."),
        (
            {"title": "", "challenge": "Müll wird bei uns auf der Straße verbrannt, und niemand holt ihn ab."},
            "could not",
        ),
        ({"challenge": "We want to do better at what we do for those who live here."}, "found no theme"),
    ],
)
async def test_where_nothing_is_found_the_page_says_why_and_lets_choose_by_hand(
    reader: httpx.AsyncClient, sent: dict[str, str], words: str
) -> None:
    page = await sends(reader, sent | SUGGEST)
    assert page.status_code == 200
    assert words in page.text
    assert boxes(page) == {}
    assert page.text.count('name="themes_more"') == 3


async def test_who_wants_no_suggestions_is_asked_for_none(portal: Portal, browser: httpx.AsyncClient) -> None:
    page = await browser.post("/fr/themes", data=TEXT | BY_HAND)
    assert (page.status_code, boxes(page), portal.matching.under_way) == (200, {}, 0)
    assert "Choisissez ce qui convient à votre besoin." in page.text
    assert page.text.count('name="dac_more"') == 3


@pytest.mark.parametrize("step", [SUGGEST, BY_HAND, {"do": "write"}, {"themes": "waste"} | USE])
async def test_a_change_of_language_takes_the_text_and_the_choice_along(
    reader: httpx.AsyncClient, step: dict[str, str]
) -> None:
    page = await sends(reader, TEXT | step)
    (switch,) = re.findall(r'form="need" formaction="/fr/themes" name="do" value="([^"]+)" lang="fr"', page.text)
    assert switch == step["do"]
    french = await sends(reader, fields(page) | {"do": switch}, "fr")
    assert '<html lang="fr">' in french.text
    assert keeps(french)
    assert boxes(french) == boxes(page)


async def test_every_state_of_the_page_is_protected_like_all_pages(reader: httpx.AsyncClient) -> None:
    pages = [await reader.get("/en/themes")]
    pages += [await sends(reader, TEXT | step) for step in (SUGGEST, BY_HAND, {"themes": "waste"} | USE, {"sdgs": "0"})]
    for page in pages:
        assert "default-src 'self'" in page.headers["Content-Security-Policy"]
        assert "form-action 'self'" in page.headers["Content-Security-Policy"]
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page.text)
        assert "Set-Cookie" not in page.headers


async def test_home_and_every_page_lead_to_it(browser: httpx.AsyncClient) -> None:
    home = (await browser.get("/es/")).text
    assert '<a href="/es/themes">Encuentre los temas de su necesidad</a>' in home
    assert '<a href="/es/themes">Temas</a>' in (await browser.get("/es/cases")).text
    assert '<a href="/es/themes" aria-current="page">Temas</a>' in (await browser.get("/es/themes")).text
