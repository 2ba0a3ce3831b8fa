"""Migrations go forward, once each, by one runner at a time."""

import asyncio
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import outbox, pool
from shared.postgres.migrate import Migration, MigrationError, migrate, missing, read_migrations
from shared.postgres.settings import PostgresSettings
from tests.conftest import create_database, postgres_settings

TABLE = Migration("demo", "0001_table", "CREATE TABLE things (id integer)")
ROW = Migration("demo", "0002_row", "INSERT INTO things VALUES (1)")
BROKEN = Migration("demo", "0003_broken", "INSERT INTO things VALUES (2); SELECT * FROM nowhere")


@pytest.fixture
async def empty(servers: EmbeddedServers) -> PostgresSettings:
    name = f"test_migrate_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    return postgres_settings(servers, name)


async def things(connection: asyncpg.Connection) -> list[int]:
    return [row[0] for row in await connection.fetch("SELECT id FROM things")]


async def test_each_is_applied_once(empty: PostgresSettings) -> None:
    connection = await pool.connect(empty, application="test")
    assert await missing(connection, [TABLE, ROW]) == ["demo/0001_table", "demo/0002_row"]
    assert await migrate(connection, [TABLE]) == ["demo/0001_table"]
    assert await migrate(connection, [TABLE, ROW]) == ["demo/0002_row"]
    assert await migrate(connection, [TABLE, ROW]) == []
    assert await missing(connection, [TABLE, ROW]) == []
    assert await things(connection) == [1]
    await connection.close()


async def test_runners_at_once_apply_each_once(empty: PostgresSettings) -> None:
    connections = [await pool.connect(empty, application=f"runner {number}") for number in range(5)]
    applied = await asyncio.gather(*(migrate(connection, [TABLE, ROW]) for connection in connections))
    assert sorted(len(names) for names in applied) == [0, 0, 0, 0, 2]
    assert await things(connections[0]) == [1]
    for connection in connections:
        await connection.close()


async def test_a_file_that_fails_leaves_nothing_of_itself(empty: PostgresSettings) -> None:
    connection = await pool.connect(empty, application="test")
    with pytest.raises(MigrationError, match="demo/0003_broken"):
        await migrate(connection, [TABLE, ROW, BROKEN])
    assert await things(connection) == [1]
    assert await missing(connection, [TABLE, ROW, BROKEN]) == ["demo/0003_broken"]
    await connection.close()


async def test_a_server_that_goes_away_is_told_in_a_sentence(empty: PostgresSettings) -> None:
    """Breaks when giving the lock back, which can't be done any more, hides what has happened."""
    connection = await pool.connect(empty, application="test")
    goes = Migration("demo", "0002_goes", "SELECT pg_terminate_backend(pg_backend_pid())")
    for files in ([TABLE, goes], [TABLE]):
        with pytest.raises(MigrationError, match="PostgreSQL went away"):
            await migrate(connection, files)
    await connection.close()


async def test_a_file_that_was_changed_after_it_had_been_applied_is_an_error(empty: PostgresSettings) -> None:
    connection = await pool.connect(empty, application="test")
    await migrate(connection, [TABLE])
    with pytest.raises(MigrationError, match="Restore the file"):
        await migrate(connection, [Migration("demo", "0001_table", TABLE.sql + " -- edited")])
    await connection.close()


def test_shared_files_come_before_the_services_own(tmp_path: Path) -> None:
    (tmp_path / "0001_own.sql").write_text("SELECT 1")
    names = [f"{m.room}/{m.name}" for m in read_migrations("demo", tmp_path)]
    assert names[0].startswith("shared/0001")
    assert names[-1] == "demo/0001_own"


async def test_events_that_wait_keep_their_headers_when_these_become_text(
    empty: PostgresSettings, tmp_path: Path
) -> None:
    first, second, *_ = read_migrations("demo", tmp_path)
    connection = await pool.connect(empty, application="test")
    await migrate(connection, [first])
    await connection.execute(
        "INSERT INTO outbox (event_id, topic, key, header_names, header_values, value)"
        " VALUES ($1, 't', 'k', $2, $3, $4)",
        uuid4(),
        ["ce_type", "ce_subject"],
        [b"connect.intake.ApplicationWithdrawn.v1", 'Sant Antoni de Portmany, Balears \u2014 "k"'.encode()],
        b"{}",
    )
    await migrate(connection, [first, second])
    (waiting,) = await outbox.oldest(connection, 10)
    assert waiting.attributes == {
        "ce_type": "connect.intake.ApplicationWithdrawn.v1",
        "ce_subject": 'Sant Antoni de Portmany, Balears \u2014 "k"',
    }
    await connection.close()
