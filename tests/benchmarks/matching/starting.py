"""How long a process takes to have a million offers in memory: from the database, and from a snapshot."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from services.matching.storage.living import Living, living_in
from tests.benchmarks.figures import Figure, TrialError, compared
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching.filled import Filled, Tell

TURNS = 3
REBUILD = "matching.index.rebuild"
CLOCKS: Mapping[str, Callable[[], float]] = {REBUILD: time.perf_counter, f"{REBUILD}.cpu": time.process_time}

Progress = Callable[[int], None]


@dataclass(slots=True)
class Pace:
    """When, by a clock, how many offers were there; none were when it began."""

    clock: Callable[[], float]
    at: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.note(0)

    def note(self, number: int) -> None:
        """So many are there now."""
        self.at.setdefault(number, self.clock())

    def taken(self, first: int, last: int) -> float:
        """Seconds from one number of offers to another; both were noted."""
        return self.at[last] - self.at[first]

    def each(self, first: int, last: int) -> float:
        """Microseconds an offer between them."""
        return self.taken(first, last) / (last - first) * 1e6


async def read_all(side: Filled, progress: Progress) -> Living:
    """All offers of a database in the memory of this process."""
    living = living_in(side.database)
    async with side.database.reading() as connection:
        await living.catch_up(connection, progress)
    return living


async def measure_starts(side: Filled, offers: int, tell: Tell) -> Iterator[Figure]:
    """Microseconds an offer for the last tenth of those that are read from the database, against the first tenth.

    The same in processor time of this process, which is steadier; and seconds to read a snapshot and what came since,
    against reading all.
    """
    tenth = offers // 10
    rebuilds: dict[str, list[tuple[float, float]]] = {name: [] for name in CLOCKS}
    starts = []
    with TemporaryDirectory(prefix="connect-snapshots-") as folder:
        for _ in range(TURNS):
            living, paces = await _rebuilt(side, offers, tell)
            for name, pace in paces.items():
                rebuilds[name].append((pace.each(offers - tenth, offers), pace.each(0, tenth)))
            starts.append((await _from_snapshot(side, living, Path(folder)), paces[REBUILD].taken(0, offers)))
    return chain(
        (
            compared(name, "µs an offer", f"the first {tenth:,}", runs, "lower", floor=FLOORS[name])
            for name, runs in rebuilds.items()
        ),
        [compared("matching.index.from_snapshot", "s", "all from the database", starts, "lower")],
    )


async def _rebuilt(side: Filled, offers: int, tell: Tell) -> tuple[Living, Mapping[str, Pace]]:
    side.database.memory.clear()
    paces = {name: Pace(clock) for name, clock in CLOCKS.items()}

    def note(number: int) -> None:
        for pace in paces.values():
            pace.note(number)
        if number % (offers // 5) == 0:
            tell(f"{REBUILD}: {number:,} offers read in {paces[REBUILD].taken(0, number):.0f} s")

    living = await read_all(side, note)
    if len(living.index) != offers:
        raise TrialError(f"{len(living.index)} offers were read, not {offers}")
    return living, paces


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
