"""What a service does when the time comes: a table of use cases, each run by one process at a time."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.errors import Rejected, TryAgain
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import wait_for
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger
from shared.telemetry.tracing import span

log = get_logger(__name__)

PART = "schedule"
AGAIN_AFTER_FAILURE = 5.0  # seconds, at most
AT_MOST = 1000  # runs in a row while there is more to do


@dataclass(frozen=True, slots=True)
class Due:
    """A use case that looks every so often whether something is due, and returns how many things it did.

    It is run again at once while it did something, so it may work in small portions, each its own transaction.
    """

    name: str
    every: timedelta
    use_case: Callable[[UnitOfWork], Awaitable[int]]


Schedule = tuple[Due, ...]


async def run_schedule(schedule: Schedule, database: Database, readiness: Readiness, stopping: asyncio.Event) -> None:
    """Run every row of the table at its pace until `stopping` is set."""
    readiness.expect(PART)
    readiness.ready(PART)
    async with asyncio.TaskGroup() as group:
        for due in schedule:
            group.create_task(_keep_running(due, database, readiness, stopping), name=due.name)


async def _keep_running(due: Due, database: Database, readiness: Readiness, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        wait = due.every.total_seconds()
        try:
            for _ in range(AT_MOST):
                if not await run_once(due, database) or stopping.is_set():
                    break
            readiness.ready(PART)
            metrics.SCHEDULED_RUNS.labels(database.service, due.name, "well").inc()
        except (*AWAY, asyncpg.PostgresError, TryAgain, Rejected) as error:
            # Nothing was committed; the next round meets the same things.
            readiness.not_ready(PART, f"{due.name}: {type(error).__name__}")
            metrics.SCHEDULED_RUNS.labels(database.service, due.name, "failed").inc()
            log.exception("scheduled task failed", task=due.name)
            # A task of every hour would otherwise keep the process not ready for an hour after a moment's outage.
            wait = min(wait, AGAIN_AFTER_FAILURE)
        await wait_for(stopping, wait)


async def run_once(due: Due, database: Database) -> int:
    """One transaction of the task; 0 if another process is at it."""
    with span(f"schedule {due.name}"):
        async with database.unit_of_work() as work:
            mine = await work.connection.fetchval(
                "SELECT pg_try_advisory_xact_lock($1, $2)", 0x534348, zlib.crc32(due.name.encode()) - 2**31
            )
            return await due.use_case(work) if mine else 0
