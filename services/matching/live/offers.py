"""The offers in memory are read before a process begins its work, so no proposal is computed on a part of them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from services.matching.engine.index import make_ready
from services.matching.storage.living import Living, living_in
from shared.hosting.service import Hosted
from shared.postgres import pool
from shared.primitives.waiting import wait_for
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "offers"
TRY_AGAIN_AFTER = 1.0
KEEP_EVERY = 3 * 3600.0  # a quarter of the time for which one is trusted


@asynccontextmanager
async def offers_in_memory(folder: Callable[[], Path], hosted: Hosted) -> AsyncIterator[None]:
    """Read all offers, telling how many there are so far; while the database is away, try again.

    `folder()` is where they are written for the next start.
    """
    living = living_in(hosted.database)

    def tell(number: int) -> None:
        hosted.readiness.not_ready(PART, f"{number:,} offers read so far")

    hosted.readiness.not_ready(PART, "the search is compiled; the first time takes some seconds")
    await asyncio.to_thread(make_ready)
    while not hosted.stopping.is_set():
        try:
            async with hosted.database.reading() as connection:
                await living.begin(connection, folder(), tell)
        except (*pool.AWAY, asyncpg.PostgresError) as error:
            log.warning("the offers can't be read", error=error)
            hosted.readiness.not_ready(PART, pool.explain(error, hosted.settings.postgres))
            await wait_for(hosted.stopping, TRY_AGAIN_AFTER)
        else:
            hosted.readiness.ready(PART, offers_at_start=len(living.index), read_in_full=living.read_in_full)
            break
    keeping = asyncio.create_task(_keep_snapshots(hosted, living, folder()), name="snapshots of offers")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await _keep(hosted, living, folder())


async def _keep_snapshots(hosted: Hosted, living: Living, folder: Path) -> None:
    """At once if everything had to be read, and every few hours: the database must still know what it lacks."""
    wait = 0.0 if living.read_in_full else KEEP_EVERY
    while not await wait_for(hosted.stopping, wait):
        await _keep(hosted, living, folder)
        wait = KEEP_EVERY


async def _keep(hosted: Hosted, living: Living, folder: Path) -> None:
    try:
        async with hosted.database.unit_of_work() as work:
            await living.keep(work, folder)
    except (*pool.AWAY, asyncpg.PostgresError) as error:
        log.warning("the offers in memory are not kept for the next start", error=error)
