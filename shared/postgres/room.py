"""Whether PostgreSQL has disk left. Only a write finds out: without any, reading goes on as if all were well."""

import asyncpg

from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness

PART = "room"


class _Undo(Exception):
    """Takes the attempt back."""


def missed(readiness: Readiness, error: Exception) -> None:
    """A write has failed for want of room: whoever shares the work out should ask elsewhere."""
    if isinstance(error, asyncpg.DiskFullError):
        readiness.not_ready(PART, "PostgreSQL has no disk left: give it room")


async def look(readiness: Readiness, database: Database) -> None:
    """Where room was missed, try to write 128 kB that nobody keeps; nobody else may come to write and find out."""
    part = readiness.parts.get(PART)
    if part is None or part.ready:
        return
    try:
        async with database.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                """
                INSERT INTO idempotency_keys (account, key, fingerprint, body)
                SELECT 'room', n::text, '', convert_to(repeat('x', 1900), 'UTF8') FROM generate_series(1, 64) AS n
                """
            )
            raise _Undo
    except _Undo:
        readiness.ready(PART)
    except (*AWAY, asyncpg.PostgresError):
        return
