"""Forward-only migrations: numbered SQL files, each applied once, in its own transaction, by one runner at a time.

The release before goes on working meanwhile. A statement that waits for a table's lock makes everybody wait who comes
to that table after it, so it waits for seconds only; then its file is rolled back whole and tried again a little later.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from shared.postgres import session_lock
from shared.postgres.pool import AWAY
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

SHARED = Path(__file__).parent / "migrations"
LOCK = 0x434F4E4E  # "CONN": one number for all databases, since advisory locks are per database
FIRST_PAUSE, LAST_PAUSE = 0.2, 5.0
ASK_FOR_TURN_EVERY = 0.2
CLIENT_TIMEOUT = 3600.0
# What another try can mend: somebody held the lock that the file needs, or the two waited for each other.
BUSY = (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)


class MigrationError(Exception):
    """The files and the database disagree, or a file can't be applied. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: that a statement may wait for a lock, that it may take, and that all the tries of a file may take.

    A file that needs longer begins with `SET LOCAL statement_timeout`. A second runner waits for its turn for as long
    as all the tries of one file may take.
    """

    lock: float = 2.0
    statement: float = 60.0
    in_all: float = 120.0


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class Migration:
    """One file. `room` tells shared tables from the service's own."""

    room: str
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the file's text."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def title(self) -> str:
        """How the file is called where people read of it."""
        return f"{self.room}/{self.name}"


def read_migrations(service: str, folder: Path) -> tuple[Migration, ...]:
    """The shared files, then the service's, each in the order of their numbers."""
    found = []
    for room, place in (("shared", SHARED), (service, folder)):
        found += [Migration(room, path.stem, path.read_text()) for path in sorted(place.glob("[0-9]*.sql"))]
    return tuple(found)


async def migrate(
    connection: asyncpg.Connection, migrations: Sequence[Migration], patience: Patience = PATIENT
) -> list[str]:
    """Apply what is missing; returns the names of what was applied. A second runner waits, then finds nothing to do.

    Raises `MigrationError` if an applied file was changed since, if a file fails or does not get its locks (its
    transaction is rolled back and nothing after it is tried), or if the server goes away.
    """
    try:
        async with _turn(connection, patience):
            return await _apply_missing(connection, migrations, patience)
    except AWAY as error:
        raise MigrationError(
            f"PostgreSQL went away ({type(error).__name__}): the file at hand is applied whole or not at all. "
            "Look at the server's log and run migrate again."
        ) from error


async def _apply_missing(
    connection: asyncpg.Connection, migrations: Sequence[Migration], patience: Patience
) -> list[str]:
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS schema_migrations (
            room text, name text, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (room, name))
        """
    )
    done = {(row[0], row[1]): row[2] for row in await _applied(connection)}
    applied = []
    for migration in migrations:
        known = done.get((migration.room, migration.name))
        if known is None:
            await _apply(connection, migration, patience)
            applied.append(migration.title)
        elif known != migration.checksum:
            raise MigrationError(
                f"{migration.title} was changed after it had been applied. "
                "Restore the file and put the change into a new migration."
            )
    return applied


async def missing(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> list[str]:
    """The names of migrations that this database lacks."""
    exists = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
    done = {(row[0], row[1]) for row in await _applied(connection)} if exists else set()
    return [m.title for m in migrations if (m.room, m.name) not in done]


async def _applied(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch("SELECT room, name, checksum FROM schema_migrations")
    return rows


async def _apply(connection: asyncpg.Connection, migration: Migration, patience: Patience) -> None:
    """Try until the file's locks can be had; between two tries nobody waits for us."""
    pause, until = FIRST_PAUSE, time.monotonic() + patience.in_all
    while True:
        try:
            return await _once(connection, migration, patience)
        except BUSY as error:
            if time.monotonic() + pause > until:
                raise MigrationError(
                    f"{migration.title} can't be applied: for {patience.in_all:.0f} seconds others held a lock that it "
                    f"needs ({error}). Nothing was changed. Look in pg_stat_activity for a transaction that has been "
                    "open for long, let it end or end it (pg_terminate_backend), and run migrate again."
                ) from error
            log.warning("migration waits for a lock", migration=migration.title, again_in_seconds=pause)
        except asyncpg.QueryCanceledError as error:
            raise MigrationError(
                f"{migration.title} can't be applied: a statement took longer than it may ({error}). Nothing was "
                "changed. Work in smaller portions, or begin the file with SET LOCAL statement_timeout."
            ) from error
        except asyncpg.PostgresError as error:
            raise MigrationError(f"{migration.title} can't be applied: {error}") from error
        await asyncio.sleep(pause)
        pause = min(pause * 2, LAST_PAUSE)


async def _once(connection: asyncpg.Connection, migration: Migration, patience: Patience) -> None:
    async with connection.transaction():
        await connection.execute(
            f"SET LOCAL lock_timeout = '{patience.lock}s'; SET LOCAL statement_timeout = '{patience.statement}s'"
        )
        # The server's limits count; the client's own would break the connection.
        await connection.execute(migration.sql, timeout=CLIENT_TIMEOUT)
        await connection.execute(
            "INSERT INTO schema_migrations (room, name, checksum) VALUES ($1, $2, $3)",
            migration.room,
            migration.name,
            migration.checksum,
        )


@asynccontextmanager
async def _turn(connection: asyncpg.Connection, patience: Patience) -> AsyncIterator[None]:
    """Wait for the other runners, then keep them waiting."""
    until = time.monotonic() + patience.in_all
    # Asked again and again: a session that waits inside the server holds a snapshot, for which others may have to wait.
    while not await session_lock.take(connection, LOCK):
        if time.monotonic() > until:
            raise MigrationError(
                f"another runner has been at it for {patience.in_all:.0f} seconds: wait until it has ended and run "
                "migrate again. A runner that died without its connection is found in pg_locks (locktype advisory)."
            )
        await asyncio.sleep(ASK_FOR_TURN_EVERY)
    try:
        yield
    finally:
        await session_lock.give_back(connection, LOCK)
