"""A migration while the release before still reads and writes, and somebody keeps a transaction open."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import asyncpg
import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from shared.postgres.migrate import LOCK, Migration, MigrationError, Patience, migrate, missing
from shared.postgres.settings import PostgresSettings
from tests.conftest import create_database, drop_databases, postgres_settings

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]

TABLE = Migration("demo", "0001_table", "CREATE TABLE things (id integer)")
COLUMN = Migration("demo", "0002_column", "ALTER TABLE things ADD COLUMN colour text")
SLOW = Migration("demo", "0003_slow", "SELECT pg_sleep(20)")
PATIENCE = Patience(lock=0.3, statement=1.0, in_all=30.0)
HASTY = Patience(lock=0.1, statement=0.5, in_all=0.6)
LONGEST = 1.0  # seconds that a reader or writer may wait: the lock's limit and what a busy machine adds


@pytest.fixture
async def database(servers: EmbeddedServers) -> AsyncIterator[PostgresSettings]:
    """A database with the table."""
    name = f"test_upgrade_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    settings = postgres_settings(servers, name)
    async with _connected(settings) as connection:
        await migrate(connection, [TABLE])
    yield settings
    await drop_databases(servers, [name])


@asynccontextmanager
async def _connected(settings: PostgresSettings) -> AsyncIterator[asyncpg.Connection]:
    connection = await pool.connect(settings, application="test upgrade")
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def an_open_transaction(settings: PostgresSettings) -> AsyncIterator[None]:
    """Somebody who has read the table and does not end."""
    async with _connected(settings) as connection, connection.transaction():
        await connection.execute("SELECT * FROM things")
        yield


async def _longest_wait(settings: PostgresSettings, while_: asyncio.Task[list[str]], rounds: int) -> float:
    """Read and write as the running release does, so many times at least; returns the longest that it had to wait."""
    longest, done = 0.0, 0
    async with _connected(settings) as connection:
        while done < rounds and not while_.done():
            began = time.monotonic()
            await connection.execute("INSERT INTO things (id) VALUES ($1)", done)
            await connection.fetchval("SELECT count(*) FROM things")
            longest, done = max(longest, time.monotonic() - began), done + 1
            await asyncio.sleep(0.01)
    return longest


async def test_a_migration_that_waits_for_a_lock_makes_nobody_wait_for_long(database: PostgresSettings) -> None:
    """Breaks without a lock_timeout (the readers and writers queue up behind the waiting ALTER until the transaction
    ends), or when the migration gives up instead of trying again.
    """
    async with _connected(database) as connection:
        async with an_open_transaction(database):
            migrating = asyncio.create_task(migrate(connection, [TABLE, COLUMN], PATIENCE))
            assert await _longest_wait(database, migrating, rounds=60) < LONGEST
            assert not migrating.done()
        assert await migrating == ["demo/0002_column"]
        assert await connection.fetchval("SELECT count(*) FROM things WHERE colour IS NULL") == 60


async def test_a_lock_that_can_not_be_had_is_a_clear_error_and_changes_nothing(database: PostgresSettings) -> None:
    """Breaks when the tries are not bounded, or when the message does not say what to do."""
    async with _connected(database) as connection:
        async with an_open_transaction(database):
            with pytest.raises(
                MigrationError, match=r"demo/0002_column .* Nothing was changed. Look in pg_stat_activity"
            ):
                await migrate(connection, [TABLE, COLUMN], HASTY)
        assert await missing(connection, [TABLE, COLUMN]) == ["demo/0002_column"]
        assert await migrate(connection, [TABLE, COLUMN], HASTY) == ["demo/0002_column"]


async def test_a_statement_that_takes_too_long_is_ended(database: PostgresSettings) -> None:
    """Breaks without a statement_timeout: what the file has locked would stay locked for as long as it likes."""
    async with _connected(database) as connection:
        with pytest.raises(MigrationError, match="SET LOCAL statement_timeout"):
            await migrate(connection, [TABLE, SLOW], HASTY)
        longer = Migration("demo", "0003_longer", "SET LOCAL statement_timeout = '30s'; SELECT pg_sleep(0.7)")
        assert await migrate(connection, [TABLE, longer], HASTY) == ["demo/0003_longer"]


async def test_a_second_runner_waits_for_the_first_and_both_end_well(database: PostgresSettings) -> None:
    """Breaks without the lock (both would apply the file), or when waiting for it is an error."""
    async with _connected(database) as one, _connected(database) as other:
        first_is_at_it = Migration("demo", "0002_first", "INSERT INTO things VALUES (1); SELECT pg_sleep(0.5)")
        first = asyncio.create_task(migrate(one, [TABLE, first_is_at_it], PATIENCE))
        async with _connected(database) as asking:
            while not await asking.fetchval("SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory')"):
                await asyncio.sleep(0.01)
        assert await migrate(other, [TABLE, first_is_at_it], PATIENCE) == []
        assert await first == ["demo/0002_first"]
        assert await one.fetchval("SELECT count(*) FROM things") == 1


async def test_a_runner_whose_turn_does_not_come_says_so(database: PostgresSettings) -> None:
    """Breaks when a runner that hangs makes every other one hang too."""
    async with _connected(database) as one, _connected(database) as other:
        await one.execute("SELECT pg_advisory_lock($1)", LOCK)
        with pytest.raises(MigrationError, match="another runner"):
            await migrate(other, [TABLE, COLUMN], HASTY)
