"""Looks at the lag of every service and at its readiness every few seconds, and stores what it sees."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import httpx

from services.monitor import clients, use_cases
from shared.events.catalogue import SERVICES
from shared.hosting.service import Hosted
from shared.postgres.pool import AWAY
from shared.primitives.waiting import wait_for
from shared.streaming.lag import group_lags
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

LOOK_EVERY = 5.0
LAG_TIMEOUT = 15.0

Look = Callable[[], Awaitable[None]]


@asynccontextmanager
async def observer(hosted: Hosted) -> AsyncIterator[None]:
    """Look around beside the role that reacts, for as long as the process lives."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(httpx.AsyncClient(trust_env=False))
        looks: dict[str, Look] = {"lags": lambda: _lags(hosted), "services": lambda: _services(hosted, http)}
        tasks = [asyncio.create_task(_keep_looking(hosted, *look), name=look[0]) for look in looks.items()]
        try:
            yield
        finally:
            hosted.stopping.set()  # it is, unless another part of the process has failed; either way the process ends
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _keep_looking(hosted: Hosted, subject: str, look: Look) -> None:
    while not hosted.stopping.is_set():
        try:
            await look()
        except Exception as error:  # noqa: BLE001  whatever it was, the next look may see again
            log.warning("could not look", subject=subject, error=error)
            await _note(hosted, subject, error)
        await wait_for(hosted.stopping, LOOK_EVERY)


async def _lags(hosted: Hosted) -> None:
    async with asyncio.timeout(LAG_TIMEOUT):
        lags = await group_lags(hosted.settings.kafka, SERVICES)
    async with hosted.database.unit_of_work() as work:
        await use_cases.save_lags(work, lags)


async def _services(hosted: Hosted, http: httpx.AsyncClient) -> None:
    health = await clients.ask_all(http, hosted.settings.urls)
    async with hosted.database.unit_of_work() as work:
        await use_cases.save_health(work, health)


async def _note(hosted: Hosted, subject: str, error: Exception) -> None:
    """Say on the page that what it shows is old. If the database is what is away, the page can't be shown either."""
    try:
        async with hosted.database.unit_of_work() as work:
            await use_cases.note_failure(work, (subject, type(error).__name__))
    except (*AWAY, asyncpg.PostgresError) as away:
        log.warning("could not store what was seen", subject=subject, error=away)
