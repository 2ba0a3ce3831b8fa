"""The events of one case as one line."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Seen:
    """One event as monitor keeps it: its identity, never what it says."""

    event_id: UUID
    case_id: UUID | None
    service: str
    type: str
    topic: str
    aggregate: str
    sequence: int
    time: datetime
    arrived_at: datetime

    @property
    def name(self) -> str:
        """The event's name without service and version."""
        return self.type.split(".")[-2]


def in_order(events: Iterable[Seen]) -> list[Seen]:
    """The events by time, but never against the sequence of an aggregate.

    Services have their own clocks, so times order only what sequences leave open: of the next events of all aggregates
    the earliest comes first.
    """
    queues: dict[tuple[str, str], deque[Seen]] = defaultdict(deque)
    for event in sorted(events, key=lambda event: event.sequence):
        queues[event.topic, event.aggregate].append(event)
    line = []
    while queues:
        place = min(queues, key=lambda place: (queues[place][0].time, queues[place][0].event_id))
        line.append(queues[place].popleft())
        if not queues[place]:
            del queues[place]
    return line


def seconds_since_first(line: Sequence[Seen]) -> list[float]:
    """For each event the seconds since the first one. Negative where a service's clock is behind the first's."""
    return [(event.time - line[0].time).total_seconds() for event in line]
