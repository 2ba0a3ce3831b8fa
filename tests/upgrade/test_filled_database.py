"""A database that a release has filled is brought up to date: nothing is lost, and that release can go on writing."""

from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import SERVICES
from shared.postgres import pool
from shared.postgres.migrate import Migration, migrate, read_migrations
from tests.conftest import create_database, drop_databases, postgres_settings
from tests.upgrade.filling import Tables, contents, fill, tables_of

pytestmark = [pytest.mark.servers, pytest.mark.timeout(60)]

# Columns that a migration took from the release before it, which therefore had to be ended first. Such a file is never
# written again: columns go one release after the last that uses them.
TAKEN = {("outbox", "header_names"), ("outbox", "header_values")}
ROWS = range(1, 21)
SHARED = {"inbox", "outbox", "outbox_sequences", "dead_letters", "parked_keys", "idempotency_keys"}


def files_of(service: str) -> tuple[Migration, ...]:
    package = import_module(f"services.{service}")
    return read_migrations(service, Path(package.__path__[0]) / "migrations")


def number_of(migration: Migration) -> int:
    return int(migration.name.split("_")[0])


def older_releases() -> list[tuple[str, int]]:
    """Each service with each number of files that an older release had."""
    return [
        (service, number)
        for service in SERVICES
        for number in range(1, max(number_of(migration) for migration in files_of(service)))
    ]


def without_what_was_taken(tables: Tables) -> Tables:
    return {
        table: tuple(column for column in columns if (table, column.name) not in TAKEN)
        for table, columns in tables.items()
    }


@pytest.mark.parametrize(("service", "number"), older_releases())
async def test_a_filled_database_keeps_all_and_the_release_before_goes_on(
    servers: EmbeddedServers, service: str, number: int
) -> None:
    """Breaks when a migration loses or changes rows, fails on rows that are there, or takes or demands a column that
    the release before reads or does not write.
    """
    everything = files_of(service)
    older = [migration for migration in everything if number_of(migration) <= number]
    name = f"test_filled_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    connection = await pool.connect(postgres_settings(servers, name), application="test upgrade")
    try:
        await migrate(connection, older)
        tables = await tables_of(connection)
        assert tables.keys() > SHARED
        await fill(connection, tables, ROWS)
        kept = without_what_was_taken(tables)
        before = await contents(connection, kept)
        assert await migrate(connection, everything)
        assert await contents(connection, kept) == before
        if not is_taken_from(tables, await tables_of(connection)):
            await connection.execute(f"TRUNCATE {', '.join(kept)} CASCADE")
            await fill(connection, kept, ROWS)
    finally:
        await connection.close()
        await drop_databases(servers, [name])


def is_taken_from(before: Tables, after: Tables) -> bool:
    """Whether the release lost a column, so that it was ended before the migration."""
    now = {(table, column.name) for table, columns in after.items() for column in columns}
    return any((table, column.name) not in now for table, columns in before.items() for column in columns)
