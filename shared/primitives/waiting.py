"""Waiting that can be cut short."""

import asyncio


async def wait_for(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, for so long at most; returns whether it is set."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
