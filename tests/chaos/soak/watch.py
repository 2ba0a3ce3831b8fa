"""How far a run is: asked of the databases, and told while it lasts."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncpg

from shared.postgres.pool import AWAY
from tests.chaos.processes import POLL
from tests.chaos.soak.schedule import Fault
from tests.chaos.soak.voices import Pace

EVERY = 5.0  # seconds between two lines
ANSWER_WITHIN = 5.0
# What is in the outbox has not gone out yet. The tallies are few rows, where `heard` has one for each event.
QUESTION = "SELECT coalesce((SELECT sum(heard) FROM tallies), 0)::bigint, (SELECT count(*) FROM outbox)"

Tell = Callable[[str], None]


@dataclass
class Watch:
    """What is known of a run. While the database is away, what was known before."""

    dsn: str
    pace: Pace
    faults: int
    began: float = field(default_factory=time.monotonic)
    heard: int = 0
    out: int = 0
    done: list[Fault] = field(default_factory=list)
    _connection: asyncpg.Connection | None = None

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.monotonic() - self.began

    async def until_heard(self, number: int) -> None:
        """Wait until so many events have been heard; somebody must `look` meanwhile."""
        while self.heard < number:
            await asyncio.sleep(POLL)

    async def look(self, tell: Tell) -> None:
        """Ask again and again, and say every few seconds how far it is, until cancelled."""
        told = self.seconds
        while True:
            await self._ask()
            if self.seconds - told > EVERY:
                told = self.seconds
                tell(self.line())
            await asyncio.sleep(POLL)

    def line(self) -> str:
        """How far it is, as one line."""
        last = f", the last: {self.done[-1].kind} {self.done[-1].target}".rstrip() if self.done else ""
        return (
            f"[{self.seconds:5.0f} s] said {self.pace.said:,}, heard {self.heard:,}, out {self.out:,} "
            f"of {self.pace.goal:,}; faults {len(self.done)} of {self.faults}{last}"
        )

    async def _ask(self) -> None:
        try:
            if self._connection is None:
                self._connection = await asyncpg.connect(self.dsn, timeout=ANSWER_WITHIN)
            heard, waiting = await self._connection.fetchrow(QUESTION, timeout=ANSWER_WITHIN)
            self.heard, self.out = heard, heard - waiting
        except (*AWAY, asyncpg.PostgresError):
            self.close()  # a connection whose server died in mid-answer can stay open, and refuse every other question

    def close(self) -> None:
        """Give the connection up."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
