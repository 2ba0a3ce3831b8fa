"""What is said during a run, and how far it may run ahead of the faults."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from shared.events.base import Event
from shared.primitives.waiting import wait_for
from tests.chaos.driver import PACE, Caller, a_fact

VOICES = 3
APPLICATIONS = 96
AT_ONCE = 40  # facts in one transaction, at most
AHEAD = 500  # events that may be said beyond the next fault's point, so that it meets a busy chain


@dataclass
class Pace:
    """How much may be said: `goal` in all, and up to `AHEAD` beyond `point`, the point of the fault that comes next.

    This ties the schedule to the events. Without it a fast chain would have heard everything during one slow fault.
    """

    goal: int
    point: int = 0
    taken: int = 0
    said: int = 0

    def take(self, count: int) -> int:
        """Permission to say so many, or fewer; 0 while nothing may be said."""
        granted = max(0, min(count, self.goal - self.taken, self.point + AHEAD - self.taken))
        self.taken += granted
        return granted


def applications_of(seed: str) -> list[UUID]:
    """What is spoken about."""
    rng = random.Random(f"{seed}/applications")
    return [UUID(int=rng.getrandbits(128), version=4) for _ in range(APPLICATIONS)]


@asynccontextmanager
async def speaking(caller: Caller, applications: list[UUID], pace: Pace, seed: str) -> AsyncIterator[None]:
    """Several say things about the same applications at once, until the goal is reached or the block ends."""
    silent = asyncio.Event()

    async def voice(number: int) -> None:
        rng = random.Random(f"{seed}/voice {number}")
        while pace.taken < pace.goal and not silent.is_set():
            if count := pace.take(rng.randint(1, AT_ONCE)):
                await caller.say(_turn(rng, applications, count))
                pace.said += count
            else:
                await wait_for(silent, PACE)

    async with asyncio.TaskGroup() as group:
        for number in range(VOICES):
            group.create_task(voice(number))
        try:
            yield
        finally:
            silent.set()


def _turn(rng: random.Random, applications: list[UUID], count: int) -> list[Event]:
    """Facts of one kind. One turn in twenty is of the kind that the echo hears one by one, which is slow."""
    in_a_set = rng.random() < 0.95
    return [a_fact(rng.choice(applications), in_a_set=in_a_set) for _ in range(count)]
