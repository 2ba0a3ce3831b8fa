"""The background work on titles, held by a test; and what came of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from services.matching.engine.similarity import model
from services.matching.live import titles
from services.matching.live.titles import TitleWork
from services.matching.storage import vectors
from shared.hosting.service import Hosted
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness


def hosted(database: Database) -> Hosted:
    return Hosted("matching", None, database, Readiness(), asyncio.Event())  # type: ignore[arg-type]


@asynccontextmanager
async def working(database: Database) -> AsyncIterator[TitleWork]:
    """The background work of one process, with a hold on it."""
    process = hosted(database)
    process.readiness.ready(titles.PART)
    work = TitleWork(process, model.model_name() or "")
    task = asyncio.create_task(work.run())
    try:
        yield work
    finally:
        process.stopping.set()
        await task


async def until(true: Callable[[], Any]) -> None:
    """Wait for what another task does; the test's time limit ends it."""
    while not await true():
        await asyncio.sleep(0.01)


async def embedded(database: Database) -> dict[UUID, tuple[str, bytes]]:
    """What is stored, by the id of the application or offer."""
    async with database.reading() as connection:
        return {
            one.title.id: (one.model, one.vector)
            async for some in vectors.kept(connection)
            for one in some
            if one.vector is not None
        }


async def all_embedded(database: Database) -> bool:
    async with database.reading() as connection:
        _, waiting = await vectors.wanted(connection, model.model_name() or "", 1)
    return waiting == 0


async def embed_all(database: Database) -> None:
    async with working(database):
        await until(lambda: all_embedded(database))
