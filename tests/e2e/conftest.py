"""The whole of CONNECT for tests that need it (see `services.py` for what can be done with it), and a browser."""

import shutil
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.e2e.services import RunningServices

CHROMIUM = shutil.which("chromium")
expect.set_options(timeout=30_000)  # milliseconds: the first visit of a page by a busy machine takes seconds


@pytest.fixture(scope="session")
def running_services(request: pytest.FixtureRequest) -> Iterator[RunningServices]:
    """Started when the first test asks for them, and shared: whoever harms a service puts it right again.

    A module that uses them is marked `xdist_group("running services")`, so that they are started in one process only.
    If a test of the session fails, the logs are kept.
    """
    with RunningServices.started() as services:
        yield services
        if request.session.testsfailed:
            sys.stderr.write(f"\nThe logs of the running services are kept in {services.keep_logs()}\n")


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """The machine's own chromium, which talks to nobody but the test.

    A click returns when the next page has begun to arrive, not when it is there: what a test reads of a page it reads
    through `expect` of Playwright, which waits.
    """
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        await browser.close()
