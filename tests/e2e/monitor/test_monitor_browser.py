"""The console in a real browser: accessible in both colour schemes, on small screens, with and without JavaScript."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, async_playwright

from services.monitor import use_cases
from services.monitor.rules.observations import told
from services.monitor.rules.statistics import Count, Duration
from services.monitor.rules.steps import one
from services.monitor.use_cases import Snapshot
from shared.primitives.clock import utc_now
from shared.primitives.ids import new_id
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.e2e.monitor.conftest import Console

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.servers,
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium: apt-get install chromium"),
]
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


@asynccontextmanager
async def browsing(base: str, **options: Any) -> AsyncIterator[Page]:
    """A page of a browser that stays on this machine."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = await browser.new_context(base_url=base, **options)
        yield await context.new_page()
        await browser.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_is_accessible_and_fits_a_small_screen(
    console: Console, scheme: Literal["light", "dark"]
) -> None:
    paths = await furnish(console)
    async with console.process("http") as client, browsing(str(client.base_url), color_scheme=scheme) as page:
        for path in paths:
            for width in (1280, 320):
                await page.set_viewport_size({"width": width, "height": 800})
                await page.goto(path)
                found = await Axe().run(page)
                assert found.violations_count == 0, (path, width, found.generate_report())
                assert await page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)


async def test_the_console_is_found_and_read_without_javascript(console: Console) -> None:
    await furnish(console)
    async with console.process("http") as client, browsing(str(client.base_url), java_script_enabled=False) as page:
        await page.goto("/")
        await page.get_by_role("link", name="Cases", exact=True).click()
        await page.get_by_label("Reference or id of a case").fill("cn-2026-0007")
        await page.get_by_role("button", name="Show its timeline").click()
        assert await page.get_by_role("heading", level=1).inner_text() == "CN-2026-0007"
        assert await page.get_by_role("rowheader", name="ExchangePlanned").count() == 1
        await page.get_by_role("link", name="Load this page again every 15 seconds").click()
        assert page.url.endswith("?every=15")
        assert await page.get_by_role("link", name="Stop that").count() == 1


async def test_with_javascript_a_page_keeps_itself_fresh_until_it_is_paused(console: Console) -> None:
    await furnish(console)
    fresh = ACase("CN-2026-0100", begins=utc_now())
    async with console.process("http") as client, browsing(str(client.base_url)) as page:
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        await page.clock.install()
        await page.goto("/cases")
        await console.hears(fresh.says(fresh.submitted()))
        await page.clock.run_for(EVERY)
        await page.get_by_role("link", name="CN-2026-0100").focus()
        await console.hears(fresh.says(fresh.admitted()))
        await page.clock.run_for(EVERY)
        await page.get_by_role("row", name="CN-2026-0100").get_by_text("in review").wait_for()
        assert await page.evaluate("document.activeElement.textContent") == "CN-2026-0100"
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        await page.get_by_role("button", name="Pause updates").click()
        await page.clock.run_for(10 * EVERY)
        assert requests == []
        await page.get_by_role("button", name="Pause updates", pressed=True).click()
        await page.clock.run_for(EVERY)
        assert requests
        assert errors == []


async def test_a_page_that_can_not_be_kept_fresh_says_so(console: Console) -> None:
    await furnish(console)
    async with console.process("http") as client, browsing(str(client.base_url)) as page:
        await page.clock.install()
        await page.goto("/services")
        await page.route("**/services", lambda route: route.abort())
        await page.clock.run_for(EVERY)
        await page.get_by_role("status").get_by_text("what you see is old").wait_for()
        await page.unroute("**/services")
        await page.clock.run_for(EVERY)
        await page.get_by_role("status").get_by_text("what you see is old").wait_for(state="detached")
