"""How long a process takes to have a million offers in memory: from the database, and from a snapshot."""

import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from services.matching.storage.living import Living, living_in
from tests.benchmarks.figures import Figure, TrialError, compared
from tests.benchmarks.matching.filled import Filled, Tell

TURNS = 3

Progress = Callable[[int], None]


async def read_all(side: Filled, progress: Progress) -> Living:
    """All offers of a database in the memory of this process."""
    living = living_in(side.database)
    async with side.database.reading() as connection:
        await living.catch_up(connection, progress)
    return living


async def measure_starts(side: Filled, offers: int, tell: Tell) -> tuple[Figure, Figure]:
    """Microseconds an offer to read a million from the database, against the first hundred thousand of them.

    And seconds to read a snapshot of them and what came since, against reading all.
    """
    begun, first = time.perf_counter(), 0.0

    def note(number: int) -> None:
        nonlocal first
        taken = time.perf_counter() - begun
        if number == offers // 10:
            first = taken
        if number % (offers // 5) == 0:
            tell(f"matching.index.rebuild: {number:,} offers read in {taken:.0f} s")

    living = await read_all(side, note)
    taken = time.perf_counter() - begun
    if len(living.index) != offers:
        raise TrialError(f"{len(living.index)} offers were read, not {offers}")
    runs = [(taken / offers * 1e6, first / (offers // 10) * 1e6)]
    rebuild = compared("matching.index.rebuild", "µs an offer", "the first 100,000", runs, "lower")
    with TemporaryDirectory(prefix="connect-snapshots-") as folder:
        kept = [(await _from_snapshot(side, living, Path(folder)), taken) for _ in range(TURNS)]
    return rebuild, compared("matching.index.from_snapshot", "s", "all from the database", kept, "lower")


async def _from_snapshot(side: Filled, living: Living, folder: Path) -> float:
    async with side.database.unit_of_work() as work:
        if not await living.keep(work, folder):
            raise TrialError("no snapshot was written")
    again = Living()
    begun = time.perf_counter()
    async with side.database.reading() as connection:
        await again.begin(connection, folder)
    taken = time.perf_counter() - begun
    if again.read_in_full or len(again.index) != len(living.index):
        raise TrialError("the snapshot was not used")
    return taken
