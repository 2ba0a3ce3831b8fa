"""Server-sent events: the part of a page that changes, sent anew whenever it does.

Each message is the whole part, so a reader who was away needs the last one only. The id of a message is a print of its
contents; a browser that comes back says which it has (Last-Event-ID), and gets a message only if the part differs.
"""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID

import asyncpg
from fastapi import Request
from fastapi.responses import Response, StreamingResponse

from services.portal.live import Hub
from services.portal.pages.render import HEADERS
from shared.hosting.service import Hosted
from shared.postgres.pool import AWAY
from shared.primitives.errors import TryAgain
from shared.primitives.waiting import wait_for

HEARTBEAT = 15.0  # seconds; proxies cut connections that are silent for half a minute or more
MOST_READERS = 2000  # per process


def print_of(fragment: str) -> str:
    """A short print of the contents of a part."""
    return hashlib.blake2s(fragment.encode(), digest_size=9).hexdigest()


def stream(request: Request, hub: Hub, case_id: UUID | None, look: Callable[[], Awaitable[str]]) -> Response:
    """A stream of what `look` returns, each time that it differs. Raises TryAgain when too many are reading."""
    if len(hub.watchers) >= MOST_READERS:
        raise TryAgain("Too many readers")
    hosted: Hosted = request.app.state.hosted
    seen = request.headers.get("Last-Event-ID") or request.query_params.get("after", "")
    headers = {**HEADERS, "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        _messages(hosted, hub, case_id, look, seen), headers=headers, media_type="text/event-stream"
    )


async def _messages(
    hosted: Hosted, hub: Hub, case_id: UUID | None, look: Callable[[], Awaitable[str]], seen: str
) -> AsyncIterator[str]:
    yield ": listening\n\n"
    with hub.watching(case_id) as watcher:
        while not hosted.stopping.is_set():
            watcher.changed.clear()
            try:
                fragment = await look()
            except (*AWAY, asyncpg.PostgresError):
                return  # the browser comes back by itself, and says what it has seen
            current = print_of(fragment)
            if current != seen:
                seen = current
                yield message(current, fragment)
            if not await wait_for(watcher.changed, HEARTBEAT):
                yield ": still here\n\n"


def message(identity: str, fragment: str) -> str:
    """One message in the format of the standard."""
    lines = "".join(f"data: {line}\n" for line in fragment.splitlines())
    return f"id: {identity}\n{lines}\n"
