"""Starts the bare API beside the running services: its own process, its own database with intake's tables."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deploy.supervision.testing import free_port_base
from services.intake.wiring import SERVICE
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from tests.benchmarks.journey.applications import an_organisation
from tests.benchmarks.journey.callers import Caller
from tests.conftest import create_database, postgres_settings
from tests.e2e.services import RunningServices

DATABASE, MODULE = "bench_bare", "tests.benchmarks.journey.bare_api"
UP_WITHIN = 30.0


@contextmanager
def bare_api(services: RunningServices) -> Iterator[Caller]:
    """A caller of the bare API, which has answered once."""
    asyncio.run(_make_database(services))
    port = free_port_base()
    dsn = services.servers.postgres_dsn(DATABASE, "postgres")
    process = subprocess.Popen([sys.executable, "-m", MODULE, str(port), dsn])
    caller = Caller(f"http://127.0.0.1:{port}")
    try:
        _wait(caller)
        yield caller
    finally:
        caller.close()
        process.terminate()
        process.wait(10)


def _wait(caller: Caller) -> None:
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        with suppress(OSError):
            caller.post("/organisations", an_organisation())
            return
        caller.close()
        time.sleep(0.1)
    raise TimeoutError("the bare API does not answer")


async def _make_database(services: RunningServices) -> None:
    await create_database(services.servers, DATABASE, template="template0")
    connection = await pool.connect(postgres_settings(services.servers, DATABASE), application="benchmark")
    try:
        await migrate(connection, read_migrations("intake", Path(SERVICE.migrations)))
    finally:
        await connection.close()
