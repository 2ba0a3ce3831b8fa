"""How long cases take from one event to the next: counted per pair of event names, in a form that adds up.

Only sums and counts are kept, so windows and workers can be added together, and a step that turns out to be wrong can
be taken back. The times are those of the events (`ce_time`), not of their arrival.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from operator import add, sub
from uuid import UUID

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
# Upper bounds in seconds; what takes longer than the last is counted in one more bucket.
BOUNDS = (
    *(1.0, 10.0, MINUTE, 10 * MINUTE, HOUR, 6 * HOUR),
    *(DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY),
)
# A worker that has been away reads one topic before the other, so most of a case can arrive out of order.
KEPT = 24


@dataclass(frozen=True, slots=True)
class Durations:
    """A number of steps, how long they took together, and how many fell into each bucket of `BOUNDS`."""

    steps: int = 0
    seconds: float = 0.0
    buckets: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)

    def __add__(self, other: "Durations") -> "Durations":
        """Both together."""
        buckets = tuple(map(add, self.buckets, other.buckets))
        return Durations(self.steps + other.steps, self.seconds + other.seconds, buckets)

    def __sub__(self, other: "Durations") -> "Durations":
        """Without the other, which was counted before."""
        buckets = tuple(map(sub, self.buckets, other.buckets))
        return Durations(self.steps - other.steps, self.seconds - other.seconds, buckets)

    @property
    def mean(self) -> float:
        """Seconds that a step took on average; 0 where there is none."""
        return self.seconds / self.steps if self.steps else 0.0

    def within(self, share: float) -> float | None:
        """The bound under which at least this share of the steps stayed; None if it is above the last bound."""
        reached = 0
        for bound, number in zip(BOUNDS, self.buckets, strict=False):
            reached += number
            if self.steps and reached >= share * self.steps:
                return bound
        return None


def one(seconds: float) -> Durations:
    """A single step."""
    place = bisect_left(BOUNDS, seconds)
    return Durations(1, seconds, tuple(int(number == place) for number in range(len(BOUNDS) + 1)))


@dataclass(frozen=True, slots=True, order=True)
class Footprint:
    """An event of a case. Those of one transaction share their time; ids sort by their making."""

    time: datetime
    event_id: UUID
    name: str


Trail = tuple[Footprint, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """From one event of a case to the next one."""

    first: Footprint
    second: Footprint

    @property
    def pair(self) -> tuple[str, str]:
        """The names of both events."""
        return self.first.name, self.second.name

    @property
    def took(self) -> Durations:
        """This step alone."""
        return one((self.second.time - self.first.time).total_seconds())


@dataclass(frozen=True, slots=True)
class Walked:
    """What one more event changes: the trail after it, the steps to count, and a step to take back."""

    trail: Trail
    done: tuple[Step, ...] = ()
    undone: tuple[Step, ...] = ()


def walk(trail: Trail, event: Footprint) -> Walked:
    """Put an event at its place in the trail of its case.

    An event that comes late splits the step that was counted over its head. Of a trail only the latest `KEPT` events
    are remembered; an event older than these is passed over, since what came before it is not known any more.
    """
    if event in trail:
        return Walked(trail)
    line = list(trail)
    insort(line, event)
    place = line.index(event)
    if place == 0 and len(trail) >= KEPT:
        return Walked(trail)
    around = line[max(0, place - 1) : place + 2]
    done = tuple(_steps(around))
    undone = (Step(around[0], around[2]),) if len(around) == 3 else ()
    return Walked(tuple(line[-KEPT:]), done, undone)


def _steps(line: list[Footprint]) -> Iterator[Step]:
    for first, second in pairwise(line):
        yield Step(first, second)
