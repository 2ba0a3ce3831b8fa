"""What every connection of ours is, whatever the server's own settings say."""

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from tests.conftest import OpenDatabase, postgres_settings


async def test_a_commit_is_on_disk_when_it_is_answered(servers: EmbeddedServers, open_database: OpenDatabase) -> None:
    """Breaks when a default of the server or of the database takes away what acknowledging relies on."""
    database = await open_database("shared")
    name = await database.pool.fetchval("SELECT current_database()")
    await database.pool.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')
    connection = await pool.connect(postgres_settings(servers, name), application="test")
    assert await connection.fetchval("SHOW synchronous_commit") == "on"
    await connection.close()
