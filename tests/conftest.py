"""Real servers for tests: one Kafka and one PostgreSQL per test process, and an empty, migrated database per test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from pydantic import SecretStr

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.settings import PostgresSettings
from shared.postgres.unit_of_work import Database
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics_now
from tests.fakes.clock import FakeClock

# How long an example takes depends on what else the machine does; what hangs meets the limit of every test.
settings.register_profile("connect", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("connect")

OpenDatabase = Callable[[str], Awaitable[Database]]


@pytest.fixture(scope="session")
def servers() -> Iterator[EmbeddedServers]:
    """Kafka and PostgreSQL for this test process, started when the first test asks for them."""
    running = EmbeddedServers()
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def kafka(servers: EmbeddedServers) -> KafkaSettings:
    """The broker, with every topic of the catalogue."""
    settings = KafkaSettings(bootstrap=servers.kafka_bootstrap)
    with ThreadPoolExecutor(1) as thread:  # the caller may have an event loop running
        thread.submit(ensure_topics_now, settings).result()
    return settings


@pytest.fixture
def clock() -> FakeClock:
    """The time, for the test to move."""
    return FakeClock()


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Migrated databases by service, made once and copied for each test."""
    return {}


@pytest.fixture
async def open_database(
    servers: EmbeddedServers, templates: dict[str, str], clock: FakeClock
) -> AsyncIterator[OpenDatabase]:
    """`await open_database("intake")`: an empty database of that service, with its migrations, for this test alone.

    `open_database("shared")` has the shared tables only.
    """
    opened: dict[str, asyncpg.Pool] = {}

    async def open_(service: str) -> Database:
        if service not in templates:
            templates[service] = await _template(servers, service)
        name = f"test_{service}_{uuid4().hex[:12]}"
        await create_database(servers, name, template=templates[service])
        connections = await pool.open_pool(postgres_settings(servers, name), application=f"test {service}")
        opened[name] = connections
        return Database(connections, service, clock)

    yield open_
    for connections in opened.values():
        await asyncio.wait_for(connections.close(), 10)
    await drop_databases(servers, list(opened))


def postgres_settings(servers: EmbeddedServers, database: str) -> PostgresSettings:
    """The settings of a test database, as the server's owner."""
    return PostgresSettings(
        host="127.0.0.1",
        port=servers.postgres_port,
        database=database,
        user="postgres",
        password=SecretStr(servers.postgres_password("postgres")),
        pool_size=10,
    )


async def _template(servers: EmbeddedServers, service: str) -> str:
    name = f"template_{service}_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    folder = Path(__file__).parent / "no-migrations"
    if service != "shared":
        package = import_module(f"services.{service}")
        folder = Path(package.__path__[0]) / "migrations"
    connection = await pool.connect(postgres_settings(servers, name), application="test migrations")
    try:
        await migrate(connection, read_migrations(service, folder))
    finally:
        await connection.close()
    return name


async def create_database(servers: EmbeddedServers, name: str, *, template: str) -> None:
    """Make a database as a copy of another."""
    connection = await asyncpg.connect(servers.admin_dsn)
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    finally:
        await connection.close()


async def drop_databases(servers: EmbeddedServers, names: list[str]) -> None:
    """Give their room back: hundreds of tests would fill the disk."""
    connection = await asyncpg.connect(servers.admin_dsn)
    try:
        for name in names:
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    finally:
        await connection.close()
