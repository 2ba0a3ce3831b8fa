"""The streams behind the live pages, over a real connection."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from services.portal.pages import live
from shared.primitives.terms import Side
from tests.builders.portal import Story
from tests.integration.portal.serving import Portal

pytestmark = pytest.mark.servers

PATIENCE = 15


@dataclass
class Stream:
    """Server-sent events as a browser reads them."""

    lines: AsyncIterator[str]

    async def message(self) -> tuple[str, str]:
        """The id and the data of the next message."""
        identity, data = "", []
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                if line.startswith("id: "):
                    identity = line[4:]
                elif line.startswith("data: "):
                    data.append(line[6:])
                elif not line and data:
                    return identity, "\n".join(data)
        raise AssertionError("the stream ended")

    async def comment(self) -> str:
        """The next line that is only there to keep the connection."""
        async with asyncio.timeout(PATIENCE):
            async for line in self.lines:
                if line.startswith(":"):
                    return line
        raise AssertionError("the stream ended")

    async def end(self) -> None:
        """Read until the server closes the stream."""
        async with asyncio.timeout(PATIENCE):
            async for _ in self.lines:
                pass


@asynccontextmanager
async def listening(address: str, last: str | None = None) -> AsyncIterator[Stream]:
    """A connection to a stream."""
    headers = {"Last-Event-ID": last} if last else {}
    async with (
        httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client,
        client.stream("GET", address, headers=headers) as answer,
    ):
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


async def live_address(address: str, path: str) -> str:
    """Where the page says that its changes come."""
    async with httpx.AsyncClient(trust_env=False) as client:
        page = (await client.get(address + path)).text
    found = re.search(r'hx-sse:connect="([^"]+)"', page)
    assert found
    return address + found[1].replace("&amp;", "&")


async def test_a_change_comes_to_whoever_reads_the_case_in_their_language(portal: Portal) -> None:
    story = Story().organisations().submitted().validated().offered().proposed()
    await portal.hears(story)
    async with portal.served() as address, listening(await live_address(address, "/es/cases/CN-2026-0001")) as stream:
        await portal.hears(story.accepted(Side.OFFERER).events[-1:])
        _, part = await stream.message()
        assert "Granollers ha aceptado. Se espera la respuesta de Zipaquirá." in part


async def test_a_new_case_comes_to_whoever_reads_the_list(portal: Portal) -> None:
    async with portal.served() as address, listening(await live_address(address, "/en/cases")) as stream:
        await portal.hears(Story().submitted())
        _, part = await stream.message()
        assert "CN-2026-0001" in part


async def test_another_case_does_not_disturb(portal: Portal) -> None:
    watched, other = Story(reference="CN-2026-0001").submitted(), Story(reference="CN-2026-0002").submitted()
    await portal.hears(watched, other)
    async with portal.served() as address, listening(await live_address(address, "/en/cases/CN-2026-0001")) as stream:
        await portal.hears(other.validated().events[-2:])
        await portal.hears(watched.validated().events[-2:])
        _, part = await stream.message()
        assert "The application is accepted" in part


async def test_who_comes_back_gets_what_was_missed_and_nothing_twice(portal: Portal) -> None:
    story = Story().submitted()
    await portal.hears(story)
    async with portal.served() as address:
        changes = await live_address(address, "/en/cases/CN-2026-0001")
        await portal.hears(story.validated().events[-2:])
        async with listening(changes) as stream:
            seen, part = await stream.message()
            assert "The search for peers is on" in part
        await portal.hears(story.no_match().events[-1:])
        async with listening(changes, last=seen) as stream:
            newest, part = await stream.message()
            assert "No offer fits this request yet" in part
        async with listening(changes, last=newest) as stream:
            await portal.hears(story.called().events[-1:])
            _, part = await stream.message()
            assert "Associations of local governments have been asked" in part


async def test_a_quiet_stream_says_that_it_is_there(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.05)
    await portal.hears(Story().submitted())
    async with portal.served() as address, listening(await live_address(address, "/en/cases/CN-2026-0001")) as stream:
        assert await stream.comment() == ": listening"
        assert await stream.comment() == ": still here"


async def test_streams_end_at_once_when_the_process_is_asked_to_end(portal: Portal) -> None:
    await portal.hears(Story().submitted())
    async with portal.served() as address, listening(await live_address(address, "/en/cases/CN-2026-0001")) as stream:
        await stream.comment()
        asked = asyncio.get_running_loop().time()
        portal.stopping.set()
        await stream.end()
        assert asyncio.get_running_loop().time() - asked < live.HEARTBEAT / 2
    assert not portal.hub.watchers


async def test_nobody_is_watched_over_after_the_reader_has_gone(portal: Portal) -> None:
    await portal.hears(Story().submitted())
    async with portal.served() as address:
        changes = await live_address(address, "/en/cases/CN-2026-0001")
        async with listening(changes) as stream:
            await stream.comment()
            assert len(portal.hub.watchers) == 1
        async with asyncio.timeout(PATIENCE):
            while portal.hub.watchers:
                await asyncio.sleep(0.02)


async def test_a_stream_of_a_case_that_is_not_there_is_not_found(portal: Portal) -> None:
    async with portal.served() as address, httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{address}/en/cases/CN-1999-0001/live")).status_code == 404
