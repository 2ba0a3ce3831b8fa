"""Forward-only migrations: numbered SQL files, each applied once, in its own transaction, by one runner at a time."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

SHARED = Path(__file__).parent / "migrations"
LOCK = 0x434F4E4E  # "CONN": one number for all databases, since advisory locks are per database


class MigrationError(Exception):
    """The files and the database disagree, or a file can't be applied. The message says what to do."""


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


def read_migrations(service: str, folder: Path) -> tuple[Migration, ...]:
    """The shared files, then the service's, each in the order of their numbers."""
    found = []
    for room, place in (("shared", SHARED), (service, folder)):
        found += [Migration(room, path.stem, path.read_text()) for path in sorted(place.glob("[0-9]*.sql"))]
    return tuple(found)


async def migrate(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> list[str]:
    """Apply what is missing; returns the names of what was applied. A second runner waits, then finds nothing to do.

    Raises `MigrationError` if an applied file was changed since, or if a file fails (its transaction is rolled back and
    nothing after it is tried).
    """
    async with _locked(connection):
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
                await _apply(connection, migration)
                applied.append(f"{migration.room}/{migration.name}")
            elif known != migration.checksum:
                raise MigrationError(
                    f"{migration.room}/{migration.name} was changed after it had been applied. "
                    "Restore the file and put the change into a new migration."
                )
        return applied


async def missing(connection: asyncpg.Connection, migrations: Sequence[Migration]) -> list[str]:
    """The names of migrations that this database lacks."""
    exists = await connection.fetchval("SELECT to_regclass('schema_migrations') IS NOT NULL")
    done = {(row[0], row[1]) for row in await _applied(connection)} if exists else set()
    return [f"{m.room}/{m.name}" for m in migrations if (m.room, m.name) not in done]


async def _applied(connection: asyncpg.Connection) -> list[asyncpg.Record]:
    rows: list[asyncpg.Record] = await connection.fetch("SELECT room, name, checksum FROM schema_migrations")
    return rows


async def _apply(connection: asyncpg.Connection, migration: Migration) -> None:
    try:
        async with connection.transaction():
            await connection.execute(migration.sql, timeout=600)
            await connection.execute(
                "INSERT INTO schema_migrations (room, name, checksum) VALUES ($1, $2, $3)",
                migration.room,
                migration.name,
                migration.checksum,
            )
    except asyncpg.PostgresError as error:
        raise MigrationError(f"{migration.room}/{migration.name} can't be applied: {error}") from error


@asynccontextmanager
async def _locked(connection: asyncpg.Connection) -> AsyncIterator[None]:
    await connection.execute("SELECT pg_advisory_lock($1)", LOCK, timeout=600)
    try:
        yield
    finally:
        await connection.execute("SELECT pg_advisory_unlock($1)", LOCK)
