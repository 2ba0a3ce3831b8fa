"""The page that finds themes, with matching as a process of its own that is killed and comes back."""

from collections.abc import AsyncIterator

import httpx
import pytest

from deploy.embedded.testing import EmbeddedServers
from tests.chaos.processes import HOST, Processes, Running, a_free_port
from tests.conftest import OpenDatabase
from tests.integration.portal.sent_forms import form_of
from tests.integration.portal.serving import Portal

pytestmark = pytest.mark.servers

TEXT = {"title": "Recaudar el impuesto predial", "challenge": "Nadie paga el impuesto predial en nuestro municipio."}


@pytest.fixture
async def processes() -> AsyncIterator[Processes]:
    """None yet; afterwards none again."""
    running = Processes()
    yield running
    await running.end()


async def asks(client: httpx.AsyncClient) -> tuple[int, dict[str, bool]]:
    page = await client.post("/es/themes", data=TEXT | {"do": "suggest"})
    assert form_of(page.text).fields["challenge"] == [TEXT["challenge"]]
    return page.status_code, form_of(page.text).boxes


async def test_suggestions_go_and_come_with_the_process_that_makes_them(
    portal: Portal, open_database: OpenDatabase, servers: EmbeddedServers, processes: Processes
) -> None:
    async with (await open_database("matching")).reading() as connection:
        database = await connection.fetchval("SELECT current_database()")
    port = a_free_port()

    def start(at: str) -> Running:
        environment = {
            "CONNECT_POSTGRES_PORT": str(servers.postgres_port),
            "CONNECT_POSTGRES_DATABASE": database,
            "CONNECT_POSTGRES_USER": "postgres",
            "CONNECT_POSTGRES_PASSWORD": servers.postgres_password("postgres"),
            "CONNECT_URL_PORTAL": at,
        }
        return processes.start("services.matching", "http", environment, port=port)

    async with (
        portal.served() as address,
        portal.reaching(f"http://{HOST}:{port}"),
        httpx.AsyncClient(base_url=address, trust_env=False) as client,
    ):
        assert await asks(client) == (503, {})
        matching = start(address)
        await matching.ready(180)  # where nothing was compiled before, it does that first
        found = {"themes-revenue": True, "sdgs-17": True, "dac-15114": True, "dac-15128": True}
        assert await asks(client) == (200, found)
        await matching.kill()
        assert await asks(client) == (503, {})
        again = start(address)
        await again.ready(180)
        assert await asks(client) == (200, found)
    for process in (matching, again):
        assert "predial" not in process.log.read_text()
