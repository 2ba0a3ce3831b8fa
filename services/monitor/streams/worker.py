"""Keeps one Faust worker counting, whatever happens to it, and stores what it has counted.

Of all processes of the service one counts at a time: a worker that shared the topics with another would see only some
of a case's events. A session advisory lock decides which; the others stand by.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from services.monitor import use_cases
from services.monitor.rules.statistics import Count, Duration
from services.monitor.streams.app import CountingApp, counting_app
from services.monitor.streams.ending import end
from services.monitor.use_cases import Snapshot
from shared.events.catalogue import topics
from shared.hosting.service import Hosted
from shared.postgres import pool, session_lock
from shared.primitives.waiting import wait_for
from shared.streaming.topics import missing_topics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "statistics"
LOCK = 0x53544154  # "STAT": one number for all databases, since advisory locks are per database
ASK_FOR_LOCK_EVERY = 2.0
SAVE_EVERY = 2.0
START_LIMIT = 60.0
FIRST_BACKOFF, LAST_BACKOFF = 1.0, 30.0


class NotCounting(Exception):
    """The worker can't count for the moment. The message says why."""


@asynccontextmanager
async def statistics(hosted: Hosted) -> AsyncIterator[None]:
    """Count beside the role that reacts, for as long as the process lives."""
    for library in ("faust", "mode"):  # they tell of every part that starts and stops
        logging.getLogger(library).setLevel(logging.WARNING)
    task = asyncio.create_task(_keep_counting(hosted), name=PART)
    try:
        yield
    finally:
        hosted.stopping.set()  # it is, unless another part of the process has failed; either way the process ends
        await task


async def _keep_counting(hosted: Hosted) -> None:
    """Count until the process ends. What stops the worker costs statistics, never the process's readiness."""
    wait = FIRST_BACKOFF
    while not hosted.stopping.is_set():
        started = asyncio.get_running_loop().time()
        hosted.readiness.ready(PART, counting=0)
        try:
            await _session(hosted)
        except Exception as error:  # noqa: BLE001  whatever it was, a new worker is the remedy
            if asyncio.get_running_loop().time() - started > LAST_BACKOFF:
                wait = FIRST_BACKOFF
            log.warning("statistics interrupted", error=error, again_in_seconds=wait)
            hosted.readiness.ready(PART, counting=0)
            await wait_for(hosted.stopping, wait)
            wait = min(wait * 2, LAST_BACKOFF)


async def _session(hosted: Hosted) -> None:
    """One worker's life: from the lock until the process ends or something fails."""
    connection = await pool.connect(hosted.settings.postgres, application=f"{hosted.service} statistics")
    try:
        while not await session_lock.take(connection, LOCK):
            hosted.readiness.ready(PART, counting=0, standby=1)
            if await wait_for(hosted.stopping, ASK_FOR_LOCK_EVERY):
                return
        await _count(hosted, connection)
    finally:
        connection.terminate()


async def _count(hosted: Hosted, lock: asyncpg.Connection) -> None:
    async with asyncio.timeout(START_LIMIT):
        absent = await missing_topics(hosted.settings.kafka)
    if absent:
        raise NotCounting(f"{len(absent)} topics are missing: run `connect up`, or create them from the catalogue")
    app = counting_app(hosted.settings.kafka, topics(), clock=hosted.database.clock)
    try:
        async with asyncio.timeout(START_LIMIT):
            await app.start()
        await _save_until_stopped(hosted, lock, app)
    finally:
        await end(app)


async def _save_until_stopped(hosted: Hosted, lock: asyncpg.Connection, app: CountingApp) -> None:
    """Store what has changed every few seconds; once more at the end."""
    run_id, started_at = hosted.database.new_id(), hosted.database.clock()
    log.info("statistics are counted", run_id=run_id)
    saved: tuple[frozenset[Count], frozenset[Duration]] = frozenset(), frozenset()
    stopped = False
    while not stopped:
        stopped = await wait_for(hosted.stopping, SAVE_EVERY)
        if app.should_stop:
            raise NotCounting(f"the worker has crashed: {app.crash_reason!r}")
        await lock.execute("SELECT 1")  # a session that is lost has lost the lock
        now = frozenset(app.counted.counts()), frozenset(app.counted.durations())
        async with hosted.database.unit_of_work() as work:
            snapshot = Snapshot(run_id, started_at, counts=now[0] - saved[0], durations=now[1] - saved[1])
            await use_cases.save_statistics(work, snapshot)
        saved = now
        hosted.readiness.ready(PART, counting=1, heard=app.heard, failures=app.failures)
