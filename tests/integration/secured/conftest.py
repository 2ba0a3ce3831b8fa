"""A Kafka that lets in only the services' users, as `connect up` has it, with something in every topic."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import topics
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics
from tests.integration.secured.answers import asking


@pytest.fixture(scope="session")
def servers() -> Iterator[EmbeddedServers]:
    """Kafka and PostgreSQL of these tests alone, in place of the open ones; with the users, entries and topics."""
    running = EmbeddedServers(secured=True)
    running.start()
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller may have an event loop running
            thread.submit(asyncio.run, _fill(running.kafka_administrator)).result()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def templates() -> dict[str, str]:
    """Of this PostgreSQL."""
    return {}


async def _fill(administrator: KafkaSettings) -> None:
    """An empty topic would not show that it can be read."""
    await ensure_topics(administrator)
    async with asking(administrator) as somebody:
        assert await somebody.may_write(topics()) == set(topics())
