"""What was last seen of lags and services."""

from collections.abc import Iterable
from datetime import datetime

from services.monitor.rules.observations import Health, Lag
from shared.postgres.pool import Connection


async def replace_lags(connection: Connection, lags: Iterable[Lag], *, at: datetime) -> None:
    """Forget the old lags, keep these."""
    await connection.execute("DELETE FROM lags")
    await connection.executemany(
        "INSERT INTO lags (service, topic, events, oldest_at) VALUES ($1, $2, $3, $4)",
        [(lag.service, lag.topic, lag.events, lag.oldest_at) for lag in lags],
    )
    await _note(connection, "lags", at)


async def save_health(connection: Connection, health: Iterable[Health], *, at: datetime) -> None:
    """Keep what the services said."""
    await connection.executemany(
        """
        INSERT INTO service_health (service, ready, reason, parts) VALUES ($1, $2, $3, $4)
        ON CONFLICT (service) DO UPDATE
        SET ready = excluded.ready, reason = excluded.reason, parts = excluded.parts
        """,
        [(seen.service, seen.ready, seen.reason, [part.as_json() for part in seen.parts]) for seen in health],
    )
    await _note(connection, "services", at)


async def _note(connection: Connection, subject: str, at: datetime) -> None:
    await connection.execute(
        """
        INSERT INTO observations (subject, at, failure) VALUES ($1, $2, NULL)
        ON CONFLICT (subject) DO UPDATE SET at = excluded.at, failure = NULL
        """,
        subject,
        at,
    )


async def note_failure(connection: Connection, subject: str, failure: str) -> None:
    """What was seen before stays, with the reason why nothing newer could be seen."""
    await connection.execute(
        """
        INSERT INTO observations (subject, at, failure) VALUES ($1, NULL, $2)
        ON CONFLICT (subject) DO UPDATE SET failure = excluded.failure
        """,
        subject,
        failure,
    )
