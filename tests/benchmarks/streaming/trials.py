"""The trials of the streaming group."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import asyncpg

from tests.benchmarks.figures import TrialError, in_time
from tests.benchmarks.streaming.stage import Stage

Run = Callable[[asyncio.Event], Coroutine[Any, Any, None]]

LOOK_EVERY = 0.005
AT_MOST = 60.0  # seconds for one trial


class Contestant(Protocol):
    """Somebody who turns the topic's events into state, inbox and outbox rows. `done` counts committed events."""

    @property
    def done(self) -> int: ...

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast events were done, and how much processor time of this process each took."""

    per_second: float
    cpu_microseconds: float


async def pace(contestant: Contestant, stage: Stage, events: int) -> Pace:
    """Run until so many events are committed, timed from the first batch on: joining the group is not counted."""

    def done() -> int:
        return contestant.done

    async with _running(lambda stopping: contestant.run(stage, stopping)) as alive:
        await _until(lambda: done() > 0, alive)
        started, begun, used = done(), time.perf_counter(), time.process_time()
        await _until(lambda: done() >= events, alive)
        number, seconds, cpu = done() - started, time.perf_counter() - begun, time.process_time() - used
    return Pace(number / seconds, cpu / number * 1e6)


async def check_effects(stage: Stage, events: int, *, claimed: int = 0) -> None:
    """Raises `TrialError` unless at least so many events, beside those claimed before, had their effect once."""
    row = await stage.database.pool.fetchrow(
        """
        SELECT (SELECT count(*) FROM inbox) AS claimed, (SELECT coalesce(sum(events), 0)::bigint FROM requests) AS kept,
               (SELECT count(*) FROM outbox) AS announced
        """
    )
    if not row["claimed"] - claimed == row["kept"] == row["announced"] >= events:
        raise TrialError(f"{events} events were asked for, but there are {dict(row)}")


async def relay_pace(relay: Run, stage: Stage, rows: int) -> Pace:
    """Run a relay until the outbox, filled with so many rows, is empty; timed from the first rows that have left."""
    watching = await asyncpg.connect(stage.dsn)
    try:
        last = await watching.fetchval("SELECT max(position) FROM outbox")
        async with _running(relay) as alive:
            async with in_time(AT_MOST):
                while (left := await _left(watching, last)) == rows:
                    alive()
                    await asyncio.sleep(LOOK_EVERY)
            begun, used, started = time.perf_counter(), time.process_time(), left
            async with in_time(AT_MOST):
                while await _left(watching, last):
                    alive()
                    await asyncio.sleep(LOOK_EVERY)
            seconds, cpu = time.perf_counter() - begun, time.process_time() - used
    finally:
        await watching.close()
    return Pace(started / seconds, cpu / started * 1e6)


async def _left(connection: asyncpg.Connection, last: int) -> int:
    first = await connection.fetchval("SELECT position FROM outbox ORDER BY position LIMIT 1")
    return 0 if first is None else last - first + 1


@asynccontextmanager
async def _running(run: Run) -> AsyncIterator[Callable[[], None]]:
    """Somebody at work meanwhile; yields a check that raises what has ended them early."""
    stopping = asyncio.Event()
    task = asyncio.create_task(run(stopping))

    def alive() -> None:
        if task.done():
            task.result()
            raise TrialError("the contestant ended before its work was done")

    try:
        yield alive
    finally:
        stopping.set()
        await asyncio.wait_for(task, 30)


async def _until(holds: Callable[[], bool], alive: Callable[[], None]) -> None:
    async with in_time(AT_MOST):
        while not holds():
            alive()
            await asyncio.sleep(LOOK_EVERY)
