"""The case as the portal tells it, followed while it grows."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from deploy.journeys.desk import Desk, Who
from deploy.journeys.journey import Journey
from shared.http.client import Refused
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

LOOK_EVERY = 0.1  # seconds
READER = Who(Role.READER)


@dataclass(frozen=True)
class Seen:
    """An event, and how many seconds after the beginning it stood in the timeline."""

    offset: float
    type: str
    subject: str
    sequence: int
    time: str
    event_id: str


@dataclass
class Timeline:
    """Tells each event once, when it appears. `clock` gives the seconds since the beginning."""

    desk: Desk
    clock: Callable[[], float]
    tell: Callable[[Seen], None]
    seen: dict[str, Seen] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    reference: str | None = None

    async def look(self, case_id: str) -> None:
        """Tell what is new. A case that the portal has not heard of yet has nothing new."""
        case = await self.desk.find(READER, "portal", f"/v1/cases/{case_id}")
        if case is None:
            return
        self.reference = case["reference"]
        self.order = tuple(entry["event_id"] for entry in case["timeline"])
        for entry in case["timeline"]:
            if entry["event_id"] not in self.seen:
                self._tell(entry)

    @property
    def told(self) -> tuple[Seen, ...]:
        """What was seen, in the order in which the portal tells it now: events can arrive before their causes."""
        return tuple(self.seen[event_id] for event_id in self.order)

    async def follow(self, journey: Journey) -> None:
        """Look again and again, until it is cancelled. What goes wrong here shows again when the end is awaited."""
        while True:
            with suppress(TryAgain, Refused):
                if journey.case_id:
                    await self.look(journey.case_id)
            await asyncio.sleep(LOOK_EVERY)

    async def has(self, journey: Journey, expected: Mapping[str, int]) -> bool | None:
        """True once the timeline holds so many events of each type, None before."""
        await self.look(journey.case_id)
        there = Counter(one.type for one in self.seen.values())
        lacking = {name: count - there[name] for name, count in expected.items() if there[name] < count}
        self.desk.trouble = f"the timeline still lacks {lacking}" if lacking else ""
        return None if lacking else True

    def _tell(self, entry: Mapping[str, Any]) -> None:
        seen = Seen(
            round(self.clock(), 3),
            entry["type"],
            entry["subject"],
            entry["sequence"],
            entry["time"],
            entry["event_id"],
        )
        self.seen[seen.event_id] = seen
        self.tell(seen)
