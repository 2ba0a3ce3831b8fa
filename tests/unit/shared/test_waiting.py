"""Work ends by itself, or shortly after it is asked to."""

import asyncio

import pytest

from shared.primitives.waiting import ending_within


async def test_work_that_does_not_end_is_cut_short_once_it_is_asked_to_end() -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_soon(stopping.set)
    with pytest.raises(TimeoutError):
        async with ending_within(0.01, stopping):
            await asyncio.Event().wait()


async def test_work_that_ends_in_time_is_left_alone() -> None:
    stopping = asyncio.Event()
    done = []
    async with ending_within(30, stopping):
        stopping.set()
        await asyncio.sleep(0)
        done.append("work")
    await asyncio.sleep(0)  # nothing that was started for the limit disturbs what comes after
    assert done == ["work"]


async def test_nobody_is_hurried_who_was_not_asked_to_end() -> None:
    async with ending_within(0, asyncio.Event()):
        await asyncio.sleep(0.01)
