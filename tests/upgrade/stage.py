"""A producer and a consumer of any releases, side by side: their databases, their processes and what came of it."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.unit_of_work import Database
from tests.chaos.evidence import IN, marks
from tests.chaos.processes import HOST, Processes, Running, until
from tests.chaos.stage import begin_at
from tests.conftest import create_database, drop_databases, postgres_settings
from tests.upgrade import listener_service, teller_service
from tests.upgrade.releases import Release


@dataclass
class Stage:
    """One test's teller and listener, each with a name and a database of its own."""

    servers: EmbeddedServers
    processes: Processes
    teller_database: Database
    listener_database: Database
    applications: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(24)])

    def teller(self, release: Release) -> Running:
        """Start a producer of this release, without its relay."""
        return self._start("tests.upgrade.teller_service", "schedule", self.teller_database.service, release)

    def relay(self) -> Running:
        """Start the producer's relay; it carries whatever any release has stored."""
        return self._start("tests.upgrade.teller_service", "relay", self.teller_database.service, Release.OLD)

    def listener(self, release: Release) -> Running:
        """Start a consumer of this release, another member of the same group."""
        return self._start("tests.upgrade.listener_service", "react", self.listener_database.service, release)

    async def tell(self, facts: int) -> None:
        """Ask the tellers to announce so many more, about all applications in turn."""
        rows = [(self.applications[number % len(self.applications)], f"word-{number}") for number in range(facts)]
        await self.teller_database.pool.executemany("INSERT INTO to_tell (application_id, word) VALUES ($1, $2)", rows)

    async def all_is_noted(self) -> None:
        """Wait until everything is told and everything that was told is noted."""

        async def is_noted() -> bool:
            wanted = await self.teller_database.pool.fetchval("SELECT count(*) FROM to_tell")
            return bool(await self.listener_database.pool.fetchval("SELECT count(*) >= $1 FROM noted", wanted))

        await until("all that was told is noted", is_noted)

    async def noted_by(self) -> dict[tuple[str, str, int], int]:
        """How many facts were noted, by who told them, who noted them, and in which version."""
        tellers = dict(await self.teller_database.pool.fetch("SELECT event_id, told_by FROM to_tell"))
        found: dict[tuple[str, str, int], int] = defaultdict(int)
        for row in await self._noted():
            found[tellers[row["event_id"]], row["release"], row["version"]] += 1
        return dict(found)

    async def each_was_taken_once_and_in_order(self) -> None:
        """Every fact told has one row, in the order of its aggregate, without a gap; nothing was set aside."""
        told = {row[0] for row in await self.teller_database.pool.fetch("SELECT event_id FROM to_tell")}
        rows = await self._noted()
        assert len(rows) == len(told), f"{len(told)} facts were told and {len(rows)} rows noted"
        assert {row["event_id"] for row in rows} == told
        by_application: dict[UUID, list[int]] = defaultdict(list)
        for row in rows:
            by_application[row["application_id"]].append(row["sequence"])
        for application_id, numbers in by_application.items():
            assert numbers == list(range(1, len(numbers) + 1)), f"{application_id}: {numbers}"
        assert not await self.listener_database.pool.fetchval("SELECT count(*) FROM dead_letters WHERE state = 'dead'")

    async def _noted(self) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self.listener_database.pool.fetch("SELECT * FROM noted ORDER BY position")
        return rows

    def _start(self, module: str, role: str, name: str, release: Release) -> Running:
        environment = {
            "UPGRADE_NAME": name,
            "UPGRADE_RELEASE": release,
            "CONNECT_KAFKA_BOOTSTRAP": self.servers.kafka_bootstrap,
            "CONNECT_POSTGRES_HOST": HOST,
            "CONNECT_POSTGRES_PORT": str(self.servers.postgres_port),
            "CONNECT_POSTGRES_DATABASE": name,
            "CONNECT_POSTGRES_USER": "postgres",
            "CONNECT_POSTGRES_PASSWORD": self.servers.postgres_password("postgres"),
        }
        return self.processes.start(module, role, environment)


@asynccontextmanager
async def a_stage(servers: EmbeddedServers) -> AsyncIterator[Stage]:
    """A fresh stage; at the end no process and no database of it is left."""
    mark = uuid4().hex[:8]
    teller, listener = f"teller_{mark}", f"listener_{mark}"
    ends = await marks(servers.kafka_bootstrap)
    await begin_at(servers.kafka_bootstrap, listener, {place: end for place, end in ends.items() if place.topic == IN})
    databases = (
        await _database(servers, teller, teller_service.MIGRATIONS),
        await _database(servers, listener, listener_service.MIGRATIONS),
    )
    processes = Processes()
    try:
        yield Stage(servers, processes, *databases)
    finally:
        await processes.end()
        for database in databases:
            await database.pool.close()
        await drop_databases(servers, [teller, listener])


async def _database(servers: EmbeddedServers, name: str, folder: Path) -> Database:
    await create_database(servers, name, template="template0")
    settings = postgres_settings(servers, name)
    connection = await pool.connect(settings, application="upgrade migrations")
    try:
        await migrate(connection, read_migrations(name, folder))
    finally:
        await connection.close()
    return Database(await pool.open_pool(settings, application="upgrade test"), name)
