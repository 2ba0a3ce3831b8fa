"""A portal on a database of its own."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.conftest import OpenDatabase
from tests.integration.portal.serving import Portal


@pytest.fixture
async def portal(open_database: OpenDatabase) -> Portal:
    """A portal that has heard nothing yet."""
    return Portal(await open_database("portal"))


@pytest.fixture
async def browser(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads pages, without a network."""
    transport = httpx.ASGITransport(app=portal.app(), raise_app_exceptions=False)
    headers = {"Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://portal", headers=headers) as client:
        yield client


@pytest.fixture
async def reader(portal: Portal) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who reads pages over the network, while matching is there."""
    async with portal.beside_matching() as address, httpx.AsyncClient(base_url=address, trust_env=False) as client:
        yield client
