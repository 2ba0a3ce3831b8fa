"""What every service does beside its own work: forget old ids and replies, and measure queues."""

from datetime import timedelta

from shared.hosting.schedule import Due
from shared.postgres import idempotency, inbox, outbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.readiness import Readiness
from shared.streaming import dead_letters
from shared.telemetry import metrics

STUCK_AFTER = 30.0  # seconds that the oldest event may wait in the outbox


async def _prune_inbox(work: UnitOfWork) -> int:
    return await inbox.prune(work.connection)


async def _prune_replies(work: UnitOfWork) -> int:
    return await idempotency.prune(work.connection)


UPKEEP = (
    Due("forget old inbox ids", timedelta(minutes=10), _prune_inbox),
    Due("forget old replies", timedelta(minutes=10), _prune_replies),
)


async def measure(database: Database, readiness: Readiness) -> None:
    """Set the gauges of outbox and dead letters; an outbox that does not drain makes the process not ready."""
    async with database.reading() as connection:
        rows, age = await outbox.backlog(connection)
        letters = await dead_letters.counts(connection)
    metrics.OUTBOX_ROWS.labels(database.service).set(rows)
    metrics.OUTBOX_AGE.labels(database.service).set(age)
    for state, number in letters.items():
        metrics.DEAD_LETTERS.labels(database.service, state).set(number)
    figures = {"outbox_rows": rows, "oldest_seconds": round(age, 1), **letters}
    if age > STUCK_AFTER:
        readiness.not_ready("outbox", f"the oldest event has waited for {age:.0f} seconds", **figures)
    else:
        readiness.ready("outbox", **figures)
