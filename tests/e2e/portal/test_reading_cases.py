"""What people do on the pages: look around, follow a case while it moves, use the keyboard, change the language."""

import re

import pytest
from playwright.async_api import Browser, Page, expect

from shared.primitives.terms import Side
from tests.builders.portal import Story
from tests.e2e.portal.conftest import stories
from tests.integration.portal.serving import Portal

pytestmark = [pytest.mark.servers, pytest.mark.browser]


@pytest.fixture
async def page(chromium: Browser) -> Page:
    """A page whose errors end the test."""
    page = await chromium.new_page()

    def fail(error: object) -> None:
        raise AssertionError(f"the page says: {error}")

    page.on("pageerror", fail)
    return page


async def test_news_of_a_case_appear_without_a_reload(portal: Portal, address: str, page: Page) -> None:
    story = Story().organisations().submitted().validated().offered().proposed()
    await portal.hears(story)
    await page.goto(f"{address}/en/cases/CN-2026-0001")
    await expect(page.get_by_text("This page updates by itself").first).to_be_visible()
    await page.evaluate("window.notReloaded = true")
    await page.get_by_text("Why this peer").click()
    await portal.hears(story.accepted(Side.OFFERER).events[-1:])
    await expect(page.get_by_role("status")).to_have_text(
        "Granollers has accepted. The answer of Zipaquirá is awaited."
    )
    await expect(page.locator(".timeline li").first).to_contain_text("Granollers accepted the proposal.")
    await portal.hears(story.accepted(Side.REQUESTER).confirmed().events[-2:])
    await expect(page.get_by_role("status")).to_contain_text("have agreed to learn from each other")
    await expect(page.get_by_role("table").first, "what the reader opened stays open").to_be_visible()
    assert await page.evaluate("window.notReloaded")


async def test_a_new_case_appears_in_the_list_without_a_reload(portal: Portal, address: str, page: Page) -> None:
    await page.goto(f"{address}/fr/cases")
    await expect(page.get_by_text("Pas encore de dossier")).to_be_visible()
    await expect(page.get_by_text("Cette page se met à jour d’elle-même")).to_be_visible()
    await portal.hears(Story().organisations().submitted())
    await expect(page.get_by_role("link", name="Turismo patrimonial en el centro histórico")).to_be_visible()
    await expect(page.get_by_role("link", name="Tous (1)")).to_be_visible()


async def test_without_javascript_the_same_is_there_after_a_reload(
    portal: Portal, address: str, chromium: Browser
) -> None:
    story = Story().organisations().submitted()
    await portal.hears(story)
    context = await chromium.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{address}/en/")
    await page.get_by_role("link", name="See the cases").click()
    await page.get_by_role("link", name="Asking (1)").click()
    await page.get_by_role("link", name="Turismo patrimonial en el centro histórico").click()
    await expect(page.get_by_role("status")).to_contain_text("The application is being checked")
    await expect(page.get_by_text("This page updates by itself")).to_be_hidden()
    await portal.hears(story.validated().events[-2:])
    await page.reload()
    await expect(page.get_by_role("status")).to_contain_text("The search for peers is on")


async def test_the_language_changes_and_the_page_stays(portal: Portal, address: str, page: Page) -> None:
    await portal.hears(*stories())
    await page.goto(f"{address}/en/cases?stage=closed")
    await page.get_by_role("navigation", name="Language").get_by_role("link", name="Español").click()
    await expect(page).to_have_url(re.compile(r"/es/cases\?stage=closed$"))
    await expect(page.get_by_role("heading", level=1)).to_have_text("Casos")
    await expect(page.get_by_role("link", name="Cerrado (1)")).to_have_attribute("aria-current", "true")


async def test_the_keyboard_reaches_the_content_first(portal: Portal, address: str, page: Page) -> None:
    await portal.hears(*stories())
    await page.goto(f"{address}/en/cases")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_the_map_joins_the_towns_of_exchanges_and_a_list_says_the_same(
    portal: Portal, address: str, page: Page
) -> None:
    await portal.hears(*stories())
    await page.goto(f"{address}/en/")
    await expect(page.locator(".atlas-arc")).to_have_count(2)
    await page.get_by_text("The same as a list").click()
    await expect(page.get_by_text("Zipaquirá, Colombia – Granollers, Spain")).to_be_visible()


async def test_a_visit_leaves_nothing_in_the_browser_s_console(portal: Portal, address: str, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    await portal.hears(*stories())
    for path in ("/en/", "/en/cases", "/en/cases/CN-2026-0003"):
        await page.goto(address + path)
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert said == []


@pytest.mark.parametrize("path", ["/en/", "/en/cases", "/en/cases/CN-2026-0001"])
async def test_a_first_visit_is_light(portal: Portal, address: str, page: Page, path: str) -> None:
    await portal.hears(*stories())
    await page.goto(address + path, wait_until="load")
    sizes: dict[str, int] = await page.evaluate(
        """() => Object.fromEntries(
            [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .filter((entry) => !entry.name.includes("/live?"))
                .map((entry) => [entry.name, entry.transferSize]))"""
    )
    scripts = sum(size for name, size in sizes.items() if name.endswith(".js"))
    assert 0 < scripts <= 30_000
    assert sum(sizes.values()) <= 100_000
