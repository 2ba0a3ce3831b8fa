"""What the statistics worker has counted, per run."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from services.monitor.rules.statistics import Count, Duration
from shared.postgres.pool import Connection


async def save_run(connection: Connection, run_id: UUID, *, started_at: datetime, seen_at: datetime) -> None:
    """Note that the run counts now."""
    await connection.execute(
        """
        INSERT INTO statistics_runs (run_id, started_at, seen_at) VALUES ($1, $2, $3)
        ON CONFLICT (run_id) DO UPDATE SET seen_at = excluded.seen_at
        """,
        run_id,
        started_at,
        seen_at,
    )


async def save_counts(connection: Connection, run_id: UUID, counts: Iterable[Count]) -> None:
    """Replace the run's counts of these windows."""
    await connection.executemany(
        """
        INSERT INTO event_counts (run_id, counted, key, minute, events) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (run_id, counted, key, minute) DO UPDATE SET events = excluded.events
        """,
        [(run_id, count.counted, count.key, count.minute, count.events) for count in counts],
    )


async def save_durations(connection: Connection, run_id: UUID, durations: Iterable[Duration]) -> None:
    """Replace the run's durations of these windows."""
    await connection.executemany(
        """
        INSERT INTO step_durations (run_id, first, second, hour, steps, seconds, buckets)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (run_id, first, second, hour) DO UPDATE
        SET steps = excluded.steps, seconds = excluded.seconds, buckets = excluded.buckets
        """,
        [
            (run_id, row.first, row.second, row.hour, row.took.steps, row.took.seconds, list(row.took.buckets))
            for row in durations
        ],
    )


async def delete_statistics_before(connection: Connection, moment: datetime) -> int:
    """Forget windows that began before the moment, and runs that ended before it; returns how many rows went."""
    gone = 0
    for statement in (
        "DELETE FROM event_counts WHERE minute < $1",
        "DELETE FROM step_durations WHERE hour < $1",
        "DELETE FROM statistics_runs WHERE seen_at < $1",
    ):
        status = await connection.execute(statement, moment)
        gone += int(status.rsplit(" ", 1)[1])
    return gone
