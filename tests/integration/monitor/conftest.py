"""Monitor on a real PostgreSQL, with a clock that a test moves, and its API and pages without a network."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
import pytest

from services.monitor.clients import Holders
from services.monitor.http_api import api_router
from services.monitor.pages import pages_router
from services.monitor.wiring import SERVICE
from shared.events.envelope import Envelope
from shared.postgres.unit_of_work import Database
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming.batch import BatchProcessor
from tests.builders.monitor import as_messages
from tests.conftest import OpenDatabase
from tests.fakes.clock import FakeClock
from tests.fakes.http import calling, signed_in

OPERATOR = Actor("operator", frozenset({Role.OPERATOR}))
PATIENCE = timedelta(days=14)


def patience() -> timedelta:
    """How long a case may be quiet in these tests."""
    return PATIENCE


@dataclass
class Console:
    """The service without its process."""

    database: Database
    clock: FakeClock

    async def hears(self, *events: Envelope) -> None:
        """Events as the consumer would process them, in one batch."""
        await BatchProcessor(self.database, SERVICE.reactions).process(as_messages(events))

    async def dead(self) -> Sequence[str]:
        """What became a dead letter of monitor's own."""
        async with self.database.reading() as connection:
            return [row[0] for row in await connection.fetch("SELECT detail FROM dead_letters")]


@pytest.fixture
async def console(open_database: OpenDatabase, clock: FakeClock) -> Console:
    """The service with an empty database of its own."""
    return Console(await open_database(SERVICE.name), clock)


@asynccontextmanager
async def calling_console(console: Console, holders: Holders) -> AsyncIterator[httpx.AsyncClient]:
    """The JSON API and closed pages, called by an operator unless another header says otherwise."""
    closed = replace(SERVICE, routers=(api_router(patience, holders), pages_router(patience, lambda: False)))
    async with calling(closed, console.database) as client:
        client.headers.update(signed_in(Role.OPERATOR, account=OPERATOR.account))
        yield client


@pytest.fixture
async def api(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    """That client, of a console that knows no other service."""
    async with calling_console(console, Holders()) as client:
        yield client


@pytest.fixture
async def pages(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    """Open pages, read by anybody."""
    opened = replace(SERVICE, routers=(api_router(patience, Holders()), pages_router(patience, lambda: True)))
    async with calling(opened, console.database) as client:
        yield client
