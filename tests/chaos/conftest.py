"""Servers for the failure tests alone, and a fresh stage for each."""

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil
import pytest

from deploy.embedded.endings import left_after
from deploy.embedded.testing import EmbeddedServers
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics_now
from tests.chaos.stage import Stage, a_stage


@pytest.fixture(scope="module")
def chaos_servers() -> Iterator[EmbeddedServers]:
    """A Kafka and a PostgreSQL that this module may kill. At the end none of their processes is left."""
    running = EmbeddedServers()
    running.start()
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller may have an event loop running
            thread.submit(ensure_topics_now, KafkaSettings(bootstrap=running.kafka_bootstrap)).result()
        yield running
    finally:
        family = _processes_of(running)
        running.stop()
        left = left_after(family, 20)
    assert not left, f"processes were left behind: {left}"


@pytest.fixture
async def stage(chaos_servers: EmbeddedServers) -> AsyncIterator[Stage]:
    """An echo and a caller of this test's own; both servers run when it begins."""
    chaos_servers.restart_postgres()
    chaos_servers.restart_kafka()
    async with a_stage(chaos_servers) as fresh:
        yield fresh


def _processes_of(servers: EmbeddedServers) -> list[psutil.Process]:
    """The servers with their helpers, and whatever the tests may have left."""
    folder, found = str(servers.folder), []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            command = " ".join(process.cmdline())
            if folder in command or "tests.chaos." in command or process.cwd().startswith(folder):
                found.append(process)
    return found
