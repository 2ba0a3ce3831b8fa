"""A consumer that is slower than its input."""

import random
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest

from shared.events.base import Event
from shared.events.intake import ApplicationRejected
from tests.chaos.driver import Writer, writing
from tests.chaos.processes import Running, until
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("pressure"),
    pytest.mark.timeout(300),
]

# How many events of how many codes: 10 kB, 250 kB and almost 1 MB, the most that a message carries; 140 MB in all.
SIZES = {120: 6_000, 3_000: 260, 11_900: 12}
EVENTS = sum(SIZES.values())
GROWTH = 64  # MiB that the process may grow by while they wait
WHOLE_BATCH = {"CHAOS_BATCH": "500"}


def facts(applications: list[UUID]) -> Iterator[Event]:
    """Rejections of all sizes, mixed."""
    rng = random.Random(8)
    sizes = [size for size, times in SIZES.items() for _ in range(times)]
    rng.shuffle(sizes)
    for size in sizes:
        yield ApplicationRejected(application_id=rng.choice(applications), codes=("a" * 80,) * size)


async def write_all(writer: Writer, applications: list[UUID]) -> None:
    """Write them in portions, so that this process does not hold all of them either."""
    portion = []
    for fact in facts(applications):
        portion.append(writer.record(fact))
        if len(portion) == 200:
            await writer.write(portion)
            portion = []
    await writer.write(portion)


def most_memory_of(process: Running) -> int:
    """The most that the process has had resident so far, in MiB."""
    status = Path(f"/proc/{process.child.pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) // 1024


async def test_a_consumer_slower_than_its_input_holds_no_more_than_a_few_batches(stage: Stage) -> None:
    """Breaks when what is read ahead has no bound in bytes, or when a bound keeps a large message from coming at all.

    First the consumer stands still (somebody holds a table that it needs) and can do nothing but read ahead; then it
    works through all of it.
    """
    echo = stage.echo(environment=WHOLE_BATCH)
    await echo.ready()
    at_rest = most_memory_of(echo)
    somebody = await asyncpg.connect(stage.echo_dsn)
    async with somebody.transaction(), writing(stage.servers.kafka_bootstrap) as writer:
        await somebody.execute("LOCK TABLE tallies")
        await write_all(writer, stage.applications)
        await until("the consumer waits with a batch in hand", lambda: _waits(somebody))
    await somebody.close()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    grown = most_memory_of(echo) - at_rest
    assert counts.heard == EVENTS
    assert grown < GROWTH, f"grew by {grown} MiB from {at_rest} MiB"


async def _waits(connection: asyncpg.Connection) -> bool:
    return bool(
        await connection.fetchval(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'tallies'::regclass)"
        )
    )
