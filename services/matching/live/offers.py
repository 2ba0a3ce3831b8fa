"""The offers in memory are read before a process begins its work, so no proposal is computed on a part of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.matching.engine.index import make_ready
from services.matching.storage.living import living_in
from shared.hosting.service import Hosted
from shared.postgres import pool
from shared.primitives.waiting import wait_for
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "offers"
TRY_AGAIN_AFTER = 1.0


@asynccontextmanager
async def offers_in_memory(hosted: Hosted) -> AsyncIterator[None]:
    """Read all offers, telling how many there are so far; while the database is away, try again."""
    living = living_in(hosted.database)

    def tell(number: int) -> None:
        hosted.readiness.not_ready(PART, f"{number:,} offers read so far")

    hosted.readiness.not_ready(PART, "the search is compiled; the first time takes some seconds")
    await asyncio.to_thread(make_ready)
    while not hosted.stopping.is_set():
        try:
            async with hosted.database.reading() as connection:
                await living.catch_up(connection, tell)
        except (*pool.AWAY, asyncpg.PostgresError) as error:
            log.warning("the offers can't be read", error=error)
            hosted.readiness.not_ready(PART, pool.explain(error, hosted.settings.postgres))
            await wait_for(hosted.stopping, TRY_AGAIN_AFTER)
        else:
            hosted.readiness.ready(PART, offers_at_start=len(living.index))
            break
    yield
