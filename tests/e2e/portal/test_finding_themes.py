"""Finding the themes of a need in a browser: with and without JavaScript, in three languages, at two widths."""

import re
from collections.abc import AsyncIterator
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from services.portal.pages.speech import speech
from shared.wording.speech import LANGUAGES
from tests.e2e.portal.conftest import stories
from tests.e2e.portal.test_everybody_can_read import VIEWS, faults
from tests.integration.portal.serving import Portal

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.timeout(180)]

TITLE = "Waste that nobody collects"
CHALLENGE = "Household waste is burned in our streets. We have no landfill and no plan for recycling."


@pytest.fixture
async def address(portal: Portal) -> AsyncIterator[str]:
    """Where the portal serves its pages, with matching beside it."""
    async with portal.beside_matching() as at:
        yield at


async def write(page: Page, title: str = TITLE, challenge: str = CHALLENGE) -> None:
    await page.locator("#title").fill(title)
    await page.locator("#challenge").fill(challenge)


async def press(page: Page, step: str) -> None:
    async with page.expect_navigation(wait_until="load"):
        await page.locator(f"main button[value={step}]").click()


@pytest.mark.parametrize("scripted", [True, False])
@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_somebody_writes_overrules_takes_along_and_changes_it_again(
    portal: Portal, address: str, chromium: Browser, language: str, width: int, scripted: bool
) -> None:
    await portal.hears(*stories())
    say = speech(language).say
    context = await chromium.new_context(
        java_script_enabled=scripted, viewport={"width": width, "height": 800}, locale="en"
    )
    page = await context.new_page()
    await page.goto(f"{address}/{language}/")
    await page.get_by_role("link", name=say("Find the themes of your need")).click()
    await page.get_by_label(say("Title"), exact=True).fill(TITLE)
    await page.get_by_label(say("The challenge")).fill(CHALLENGE)
    await page.get_by_role("button", name=say("Find themes")).click()
    await expect(page.get_by_role("heading", name=say("What we found"))).to_be_in_viewport()
    waste, goal = speech(language).theme("waste"), speech(language).goal(11)
    await expect(page.get_by_role("checkbox", name=waste, exact=True)).to_be_checked()
    await expect(page.get_by_text("landfill").nth(1)).to_have_attribute("lang", "en")
    await page.get_by_role("checkbox", name=goal).uncheck()
    await page.get_by_label(re.compile(say("Add a theme"))).first.select_option("revenue")
    await page.get_by_role("button", name=say("Use these")).click()
    taken = page.get_by_role("region", name=say("Your choice"))
    for said in (waste, speech(language).theme("revenue"), say("SDG %(number)s", number=12), "14050", TITLE, CHALLENGE):
        await expect(taken).to_contain_text(said)
    await expect(taken).not_to_contain_text(say("SDG %(number)s", number=11))
    await expect(page.locator(".card").first).to_contain_text("Gérer les déchets avec les quartiers")
    await page.get_by_role("button", name=say("Change the text or the choice")).click()
    await expect(page.get_by_role("checkbox", name=goal)).not_to_be_checked()
    await expect(page.get_by_role("checkbox", name=speech(language).theme("revenue"))).to_be_checked()
    await expect(page.get_by_label(say("The challenge"))).to_have_value(CHALLENGE)
    await context.close()


async def states(page: Page, portal: Portal, address: str) -> AsyncIterator[str]:
    """Brings the page into each of its states, one after the other, and names it."""
    await page.goto(address)
    yield "nothing written yet"
    await press(page, "suggest")
    yield "nothing written"
    await write(page)
    await press(page, "suggest")
    yield "found"
    await page.locator("#sdgs-12").uncheck()
    for number, code in ((1, "peace"), (2, "administration")):
        await page.locator(f"#themes-more-{number}").select_option(code)
    await press(page, "suggest")
    await page.locator("#themes-more-1").select_option("food")
    await write(page, "t" * 101, "word " * 301)
    await press(page, "use")
    yield "all wrong"
    await page.locator("#themes-food").uncheck()
    await write(page)
    await press(page, "use")
    yield "taken"
    async for state in states_without_suggestions(page, portal, address):
        yield state


async def states_without_suggestions(page: Page, portal: Portal, address: str) -> AsyncIterator[str]:
    await page.goto(address)
    await press(page, "by-hand")
    yield "by hand"
    await page.locator("#themes-more-1").select_option("gender")
    await press(page, "use")
    yield "taken, and no case"
    portal.matching.most_at_once = 0
    await page.goto(address)
    await write(page)
    await press(page, "suggest")
    yield "too many at once"


@pytest.mark.parametrize(("language", "scheme", "width", "scripted"), VIEWS)
async def test_no_state_of_the_page_has_a_fault_for_anybody(
    portal: Portal,
    address: str,
    chromium: Browser,
    language: str,
    scheme: Literal["light", "dark"],
    width: int,
    scripted: bool,
) -> None:
    await portal.hears(*stories())
    context = await chromium.new_context(viewport={"width": width, "height": 800})
    if not scripted:
        await context.route("**/*.js", lambda route: route.abort())
    page = await context.new_page()
    await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    found = {state: await faults(page) async for state in states(page, portal, f"{address}/{language}/themes")}
    assert len(found) == 8
    assert [(state, fault) for state, said in found.items() for fault in said] == []
    await context.close()


@pytest.mark.parametrize("scripted", [True, False])
async def test_an_error_leads_to_its_field_and_nothing_typed_is_lost(
    address: str, chromium: Browser, scripted: bool
) -> None:
    context = await chromium.new_context(java_script_enabled=scripted)
    page = await context.new_page()
    await page.goto(f"{address}/es/themes")
    await write(page, challenge="palabra " * 301)
    await press(page, "suggest")
    await expect(page).to_have_title(re.compile("^Error: "))
    await expect(page.get_by_role("alert")).to_be_in_viewport()
    await page.get_by_role("link", name="El reto tiene 301 palabras.").click()
    await expect(page.locator("#challenge")).to_be_focused()
    await expect(page.locator("#challenge")).to_have_value("palabra " * 301)
    await expect(page.locator("#challenge")).to_have_attribute("aria-invalid", "true")
    await context.close()


async def test_the_enter_key_asks_for_suggestions_in_the_same_language(address: str, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(f"{address}/fr/themes")
    await write(page)
    await page.locator("#title").press("Enter")
    await expect(page).to_have_url(f"{address}/fr/themes#result")
    await expect(page.locator("#themes-waste")).to_be_checked()


@pytest.mark.parametrize("scripted", [True, False])
async def test_a_change_of_language_keeps_what_was_typed_and_chosen(
    address: str, chromium: Browser, scripted: bool
) -> None:
    context = await chromium.new_context(java_script_enabled=scripted)
    page = await context.new_page()
    await page.goto(f"{address}/en/themes")
    await write(page)
    await page.get_by_role("navigation", name="Language").get_by_role("button", name="Français").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Trouvez les thèmes de votre besoin")
    await expect(page.locator("#challenge")).to_have_value(CHALLENGE)
    await expect(page.locator("#themes-waste"), "nobody has asked yet").to_have_count(0)
    await press(page, "suggest")
    await page.locator("#sdgs-12").uncheck()
    await page.get_by_role("navigation", name="Langue").get_by_role("button", name="Español").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Encuentre los temas de su necesidad")
    await expect(page.locator("#sdgs-11")).to_be_checked()
    await expect(page.locator("#sdgs-12")).not_to_be_checked()
    await context.close()


@pytest.mark.parametrize("challenge", [CHALLENGE, "x" * 1_100_000], ids=["a text", "over a megabyte"])
async def test_who_goes_back_finds_what_they_typed(address: str, chromium: Browser, challenge: str) -> None:
    page = await chromium.new_page()
    await page.goto(f"{address}/en/themes")
    await write(page, challenge=challenge)
    await press(page, "suggest")
    await expect(page.locator("main :is(.problems, .chooser)")).to_be_visible()
    await page.go_back()
    await expect(page.locator("#title")).to_have_value(TITLE)
    assert await page.locator("#challenge").input_value() == challenge


async def test_a_visit_is_light_and_leaves_nothing_in_the_browser_s_console(
    portal: Portal, address: str, chromium: Browser
) -> None:
    await portal.hears(*stories())
    page = await chromium.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto(f"{address}/en/themes", wait_until="load")
    files = await sizes(page)
    scripts = sum(size for name, size in files.items() if name.endswith(".js"))
    first = sum(files.values())
    await write(page)
    await press(page, "suggest")
    answer = next(size for name, size in (await sizes(page)).items() if "/themes" in name)
    assert 0 < scripts <= 30_000
    assert first + answer <= 100_000
    await press(page, "use")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Your choice")
    assert said == []


async def sizes(page: Page) -> dict[str, int]:
    """The bytes of the page and its files, as they came."""
    found: dict[str, int] = await page.evaluate(
        """() => Object.fromEntries(
            [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .map((entry) => [entry.name, entry.transferSize]))"""
    )
    return found


async def test_on_paper_there_is_the_choice_without_buttons(address: str, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(f"{address}/en/themes")
    await write(page)
    await press(page, "suggest")
    await press(page, "use")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("DAC 14050")).to_be_visible()
    await expect(page.locator("main button")).to_be_hidden()
    await expect(page.get_by_role("navigation", name="Pages")).to_be_hidden()
