"""Where a trial takes place: one Kafka with its topics, and a database that is fresh for each trial."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.settings import PostgresSettings
from shared.postgres.unit_of_work import Database
from shared.streaming.settings import KafkaSettings
from tests.benchmarks.streaming.material import TABLES, TOPIC
from tests.conftest import create_database, drop_databases, postgres_settings

SERVICE = "matching"
Fill = Callable[[asyncpg.Connection], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Stage:
    """What a contestant is given. `group` is a consumer group that nobody has used before; `topic` has the events."""

    kafka: KafkaSettings
    database: Database
    postgres: PostgresSettings
    dsn: str
    group: str
    topic: str = TOPIC


async def make_template(servers: EmbeddedServers, fill: Fill | None = None) -> str:
    """A database with the tables of the trials and with what `fill` puts there; returns its name."""
    name = f"bench_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    connection = await pool.connect(postgres_settings(servers, name), application="benchmark")
    try:
        await migrate(connection, read_migrations(SERVICE, Path(__file__).parent / "none"))
        await connection.execute(TABLES)
        if fill is not None:
            await fill(connection)
    finally:
        await connection.close()
    return name


@asynccontextmanager
async def open_stage(servers: EmbeddedServers, template: str) -> AsyncIterator[Stage]:
    """A copy of the template, gone afterwards. The trial before it leaves no dirty pages for this one to write."""
    name = f"bench_{uuid4().hex[:12]}"
    await create_database(servers, name, template=template)
    await _checkpoint(servers)
    postgres = postgres_settings(servers, name)
    connections = await pool.open_pool(postgres, application="benchmark")
    kafka = KafkaSettings(bootstrap=servers.kafka_bootstrap)
    try:
        dsn = servers.postgres_dsn(name, "postgres")
        yield Stage(kafka, Database(connections, SERVICE), postgres, dsn, f"bench-{uuid4().hex[:12]}")
    finally:
        await asyncio.wait_for(connections.close(), 10)
        await drop_databases(servers, [name])


async def _checkpoint(servers: EmbeddedServers) -> None:
    connection = await asyncpg.connect(servers.admin_dsn)
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
