"""Every page in three languages, both colour schemes, two widths, with and without scripts: axe-core finds nothing."""

import json
from itertools import combinations, product
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page

from shared.wording.speech import LANGUAGES
from tests.e2e.portal.conftest import stories
from tests.integration.portal.serving import Portal

pytestmark = [pytest.mark.servers, pytest.mark.browser, pytest.mark.timeout(180)]


# Language, colour scheme, width, scripts: every pair of two conditions meets in one of these views. All 24 would take
# four times as long and find what two conditions together do not cause.
View = tuple[str, Literal["light", "dark"], int, bool]
VIEWS: tuple[View, ...] = (
    ("en", "light", 320, True),
    ("en", "dark", 1280, False),
    ("es", "dark", 1280, True),
    ("es", "light", 320, False),
    ("fr", "light", 1280, True),
    ("fr", "dark", 320, False),
)


async def faults(page: Page) -> list[str]:
    """What axe-core objects to, and whether the page is wider than the window. axe-core is put into a page once."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    found: list[dict[str, Any]] = await page.evaluate(
        "axe.run({resultTypes: ['violations']}).then((results) => results.violations)"
    )
    said = [f"{fault['id']}: {json.dumps(fault['nodes'][0]['html'])[:200]}" for fault in found]
    if await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        said.append("the page is wider than the window")
    return said


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/cases",
        "/cases?stage=stopped",
        "/cases/CN-2026-0001",
        "/cases/CN-2026-0002",
        "/cases/CN-2026-0003",
        "/cases/CN-2026-0004",
        "heard-of",
        "/nothing-here",
    ],
)
async def test_a_page_has_no_fault_for_anybody(portal: Portal, address: str, chromium: Browser, path: str) -> None:
    told = stories()
    await portal.hears(*told)
    if path == "heard-of":
        path = f"/cases/{told[-1].case_id}"
    found = {}
    for language, scheme, width, scripted in VIEWS:
        context = await chromium.new_context()
        if not scripted:
            # Not by switching JavaScript off: axe-core itself is JavaScript.
            await context.route("**/*.js", lambda route: route.abort())
        page = await context.new_page()
        await page.goto(f"{address}/{language}{path}")
        for fold in await page.locator("summary").all():
            await fold.click()
        # Without motion, colours change at once and axe-core measures none halfway.
        await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        await page.set_viewport_size({"width": width, "height": 800})
        if said := await faults(page):
            found[language, scheme, scripted, width] = said
        await context.close()
    assert not found


def test_every_pair_of_conditions_meets_in_a_view() -> None:
    conditions = (LANGUAGES, ("light", "dark"), (320, 1280), (True, False))
    for one, other in combinations(range(4), 2):
        assert {(view[one], view[other]) for view in VIEWS} == set(product(conditions[one], conditions[other]))


async def test_the_empty_portal_has_no_fault_either(address: str, chromium: Browser) -> None:
    page = await chromium.new_page(viewport={"width": 320, "height": 800})
    for path in ("/en/", "/es/cases"):
        await page.goto(address + path)
        assert not await faults(page)


async def test_axe_would_say_so_if_there_were_a_fault(address: str, chromium: Browser) -> None:
    page = await chromium.new_page()
    await page.goto(f"{address}/en/")
    await page.evaluate("document.documentElement.removeAttribute('lang')")
    await page.evaluate("document.querySelector('main').style.width = '5000px'")
    said = await faults(page)
    assert any(fault.startswith("html-has-lang") for fault in said)
    assert "the page is wider than the window" in said
