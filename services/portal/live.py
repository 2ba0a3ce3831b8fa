"""The hub behind the live pages: it looks for changes while anybody watches, and wakes those whom they concern.

The read model may be written by another process, so the hub asks the database. It does not use NOTIFY, which would take
a lock of the whole server at every commit of the consumer. While nobody watches it asks nothing.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import asyncpg

from services.portal import queries
from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database
from shared.primitives.waiting import wait_for
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

LOOK_EVERY = 0.25  # seconds
LOOK_AGAIN_AFTER = 2.0  # seconds, when the database is away


@dataclass(slots=True, eq=False)
class Watcher:
    """Somebody who wants to know of changes: of one case, or (None) of any."""

    case_id: UUID | None
    changed: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class Hub:
    """Wakes watchers. A wake-up says "look again", not what changed, so one too many does no harm."""

    watchers: set[Watcher] = field(default_factory=set)
    _somebody: asyncio.Event = field(default_factory=asyncio.Event)

    @contextmanager
    def watching(self, case_id: UUID | None) -> Iterator[Watcher]:
        """Be woken for as long as the context lasts. Look at the current state after entering, not before."""
        watcher = Watcher(case_id)
        self.watchers.add(watcher)
        self._somebody.set()
        try:
            yield watcher
        finally:
            self.watchers.discard(watcher)
            if not self.watchers:
                self._somebody.clear()

    def wake(self, case_ids: frozenset[UUID]) -> None:
        """Wake whoever watches one of these cases, or all."""
        for watcher in self.watchers:
            if case_ids and (watcher.case_id is None or watcher.case_id in case_ids):
                watcher.changed.set()

    def wake_all(self) -> None:
        """Wake everybody: to look again, or to end."""
        for watcher in self.watchers:
            watcher.changed.set()

    @asynccontextmanager
    async def running(self, database: Database, stopping: asyncio.Event) -> AsyncIterator[None]:
        """Look for changes for as long as the context lasts; when `stopping` is set, every watcher is woken to end."""
        looking = asyncio.create_task(self._look(database, stopping))
        ending = asyncio.create_task(self._end(stopping))
        try:
            yield
        finally:
            self.wake_all()
            for task in (looking, ending):
                task.cancel()
            await asyncio.gather(looking, ending, return_exceptions=True)

    async def _end(self, stopping: asyncio.Event) -> None:
        await stopping.wait()
        self.wake_all()

    async def _look(self, database: Database, stopping: asyncio.Event) -> None:
        since: int | None = None
        while not stopping.is_set():
            await self._somebody.wait()
            try:
                async with database.reading() as connection:
                    found = await queries.changes(connection, since)
            except (*AWAY, asyncpg.PostgresError) as error:
                log.warning("live pages can't look for changes", error_type=type(error).__name__)
                await wait_for(stopping, LOOK_AGAIN_AFTER)
                continue
            if since is None:
                self.wake_all()
            since = found.next_since
            self.wake(found.case_ids)
            await wait_for(stopping, LOOK_EVERY)
