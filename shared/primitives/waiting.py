"""Waiting that can be cut short."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, for so long at most; returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True


@asynccontextmanager
async def ending_within(seconds: float, stopping: asyncio.Event) -> AsyncIterator[None]:
    """From the moment that `stopping` is set the block has so many seconds left; then TimeoutError cuts it short."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(None) as limit:

        async def shorten() -> None:
            await stopping.wait()
            limit.reschedule(loop.time() + seconds)

        watching = asyncio.create_task(shorten())
        try:
            yield
        finally:
            watching.cancel()
