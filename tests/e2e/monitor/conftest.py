"""The console as a process of its own, on a test database."""

import asyncio
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
import pytest

from deploy.embedded.layout import SERVICES
from deploy.embedded.testing import EmbeddedServers
from services.monitor.wiring import SERVICE
from shared.events.envelope import Envelope
from shared.postgres.unit_of_work import Database
from shared.primitives.clock import utc_now
from shared.streaming.batch import BatchProcessor
from tests.builders.monitor import as_messages
from tests.chaos.processes import HOST, a_free_port, inherited
from tests.conftest import OpenDatabase

STARTS_WITHIN = 60.0
SLOW = 30.0  # seconds for one page of a busy machine
ENDS_WITHIN = 60.0


@dataclass
class Console:
    """A database of monitor, and processes that serve it."""

    servers: EmbeddedServers
    database: Database
    name: str

    async def hears(self, *events: Envelope) -> None:
        """Events as the consumer would process them, for tests that need no Kafka."""
        await BatchProcessor(self.database, SERVICE.reactions).process(as_messages(events))

    @asynccontextmanager
    async def process(self, role: str, **environment: str) -> AsyncIterator[httpx.AsyncClient]:
        """A process with that role, ready, and a client of its address; it must end in order."""
        port = a_free_port()
        env = inherited() | self._environment(port) | environment
        log = self.servers.folder / f"monitor-{role}-{port}.log"
        with log.open("wb") as output:
            running = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.monitor", role, env=env, stdout=output, stderr=output
            )
        try:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False, timeout=SLOW) as client:
                await _ready(client, running, log.read_text)
                yield client
                running.terminate()
                assert await asyncio.wait_for(running.wait(), ENDS_WITHIN) == 0, log.read_text()
        finally:
            if running.returncode is None:
                running.kill()
                await running.wait()

    def _environment(self, port: int) -> dict[str, str]:
        nowhere = {f"CONNECT_URL_{service.upper()}": f"http://{HOST}:9" for service in SERVICES}
        return nowhere | {
            "CONNECT_POSTGRES_HOST": HOST,
            "CONNECT_POSTGRES_PORT": str(self.servers.postgres_port),
            "CONNECT_POSTGRES_DATABASE": self.name,
            "CONNECT_POSTGRES_USER": "postgres",
            "CONNECT_POSTGRES_PASSWORD": self.servers.postgres_password("postgres"),
            "CONNECT_KAFKA_BOOTSTRAP": self.servers.kafka_bootstrap,
            "CONNECT_HTTP_PORT": str(port),
            "CONNECT_MONITOR_OPEN_PAGES": "1",
        }


async def _ready(client: httpx.AsyncClient, process: Process, log: Callable[[], str]) -> None:
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            answer = await client.get("/health/ready")
            if answer.status_code == 200:
                return
        except httpx.HTTPError:
            answer = None
        assert process.returncode is None, log()
        assert time.monotonic() < until, (answer.text if answer else "", log())
        await asyncio.sleep(0.1)


@pytest.fixture
async def console(servers: EmbeddedServers, open_database: OpenDatabase) -> Console:
    """An empty console; no process yet."""
    database = replace(await open_database(SERVICE.name), clock=utc_now)
    return Console(servers, database, await database.pool.fetchval("SELECT current_database()"))
