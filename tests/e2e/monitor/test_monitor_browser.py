"""The console in a real browser: accessible in both colour schemes, on small screens, with and without JavaScript."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from services.monitor import use_cases
from services.monitor.rules.observations import told
from services.monitor.rules.statistics import Count, Duration
from services.monitor.rules.steps import one
from services.monitor.use_cases import Snapshot
from shared.primitives.clock import utc_now
from shared.primitives.ids import new_id
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.e2e.monitor.conftest import Console

pytestmark = [pytest.mark.servers, pytest.mark.browser]
EVERY = 5_000  # milliseconds between two updates
FIRST, LAST = date(2027, 1, 11), date(2027, 1, 13)


async def furnish(console: Console) -> list[str]:
    """Something to see on every page; returns their addresses."""
    now = utc_now()
    case = ACase(begins=now - timedelta(minutes=30))
    stuck = ACase("CN-2026-0008", begins=datetime(2026, 1, 5, tzinfo=UTC))
    refused = case.says(case.planned(FIRST, LAST))
    letter = a_dead_letter(refused)
    await console.hears(stuck.says(stuck.submitted()), case.says(case.submitted()), refused, reported(letter, time=now))
    minute = now.replace(second=0, microsecond=0)
    counts = [Count("topic", "intake.applications", minute - timedelta(minutes=age), 60 - age) for age in range(60)]
    counts += [Count("type", "ApplicationSubmitted", minute, 9), Count("dead-letters", "matching", minute, 1)]
    step = Duration("ApplicationSubmitted", "ExchangePlanned", minute.replace(minute=0), one(240.0))
    parts = {"relay": {"ready": False, "reason": "Kafka is away", "figures": {"outbox_rows": 12}}}
    async with console.database.unit_of_work() as work:
        await use_cases.save_statistics(work, Snapshot(new_id(), now, counts, [step]))
        await use_cases.save_lags(work, {"portal": {"exchange.exchanges": 1}, "monitor": {}})
        await use_cases.save_health(work, [told("intake", {"ready": False, "roles": parts}), told("portal", None)])
    return [
        *("/", "/cases", "/cases?find=CN-2026-9999", "/services", "/dead-letters", "/dead-letters?state=replayed"),
        *(f"/cases/{case.case_id}", f"/dead-letters/{letter.dead_letter_id}", "/cases/nothing"),
    ]


async def stopped_clock(page: Page) -> None:
    """A page's time stands still but for what `run_for` lets pass; an installed clock alone goes on."""
    now = utc_now()
    await page.clock.install(time=now)
    await page.clock.pause_at(now + timedelta(hours=1))


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible_and_fits_a_small_screen(
    console: Console, chromium: Browser, scheme: Literal["light", "dark"]
) -> None:
    paths = await furnish(console)
    async with console.process("http") as client:
        page = await chromium.new_page(base_url=str(client.base_url), color_scheme=scheme)
        for path in paths:
            for width in (1280, 320):
                await page.set_viewport_size({"width": width, "height": 800})
                await page.goto(path)
                found = await Axe().run(page)
                assert found.violations_count == 0, (path, width, found.generate_report())
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


async def test_the_console_is_found_and_read_without_javascript(console: Console, chromium: Browser) -> None:
    await furnish(console)
    async with console.process("http") as client:
        page = await chromium.new_page(base_url=str(client.base_url), java_script_enabled=False)
        await page.goto("/")
        await page.get_by_role("link", name="Cases", exact=True).click()
        await page.get_by_label("Reference or id of a case").fill("cn-2026-0007")
        await page.get_by_role("button", name="Show its timeline").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("CN-2026-0007")
        await expect(page.get_by_role("rowheader", name="ExchangePlanned")).to_have_count(1)
        await page.get_by_role("link", name="Load this page again every 15 seconds").click()
        await expect(page).to_have_url(re.compile(r"\?every=15$"))
        await expect(page.get_by_role("link", name="Stop that")).to_have_count(1)


async def test_with_javascript_a_page_keeps_itself_fresh_until_it_is_paused(
    console: Console, chromium: Browser
) -> None:
    await furnish(console)
    fresh = ACase("CN-2026-0100", begins=utc_now())
    async with console.process("http") as client:
        page = await chromium.new_page(base_url=str(client.base_url))
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await stopped_clock(page)
        await page.goto("/cases")
        await console.hears(fresh.says(fresh.submitted()))
        await page.clock.run_for(EVERY)
        await page.get_by_role("link", name="CN-2026-0100").focus()
        await console.hears(fresh.says(fresh.admitted()))
        await page.clock.run_for(EVERY)
        await page.get_by_role("row", name="CN-2026-0100").get_by_text("in review").wait_for()
        await expect(page.get_by_role("link", name="CN-2026-0100")).to_be_focused()
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await page.get_by_role("button", name="Pause updates").click()
        await page.clock.run_for(10 * EVERY)
        assert requests == []
        async with page.expect_request("**/cases"):
            await page.get_by_role("button", name="Pause updates", pressed=True).click()
        async with page.expect_request("**/cases"):
            await page.clock.run_for(EVERY)
        assert errors == []


async def test_a_page_that_can_not_be_kept_fresh_says_so(console: Console, chromium: Browser) -> None:
    await furnish(console)
    async with console.process("http") as client:
        page = await chromium.new_page(base_url=str(client.base_url))
        await stopped_clock(page)
        await page.goto("/services")
        await page.route("**/services", lambda route: route.abort())
        await page.clock.run_for(EVERY)
        await page.get_by_role("status").get_by_text("what you see is old").wait_for()
        await page.unroute("**/services")
        await page.clock.run_for(EVERY)
        await page.get_by_role("status").get_by_text("what you see is old").wait_for(state="detached")
