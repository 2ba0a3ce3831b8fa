"""What a benchmark finds: one figure, compared with a peer that was measured in turns with ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import Literal, TypeVar

Better = Literal["higher", "lower"]
T = TypeVar("T")
Run = tuple[float, float | None]


class TrialError(Exception):
    """A trial did not do its work, so its time means nothing. The text is one sentence."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. `runs` holds what was measured in each turn: ours, and the peer's just before.

    `value` and `peer_value` are medians. `ratio` is the median of the turns' ratios, ours to the peer's: both sides of
    a turn met the same weather on the machine, so it holds where the values themselves do not.
    """

    name: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    better: Better
    runs: tuple[Run, ...]

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))

    def sentence(self) -> str:
        """The same for people."""
        said = f"{self.name}: {_short(self.value)} {self.unit}"
        if self.peer is None or self.peer_value is None or self.ratio is None:
            return said
        goal = f"{self.better} is better"
        return f"{said}; {self.peer}: {_short(self.peer_value)}; ratio {self.ratio:.2f} ({goal}, {len(self.runs)} runs)"


def compared(name: str, unit: str, peer: str, runs: Sequence[tuple[float, float]], better: Better) -> Figure:
    """The figure of several turns with a peer."""
    ours, theirs = [run[0] for run in runs], [run[1] for run in runs]
    ratio = median(mine / other for mine, other in runs)
    kept = tuple((_kept(mine), _kept(other)) for mine, other in runs)
    return Figure(name, _kept(median(ours)), unit, peer, _kept(median(theirs)), _kept(ratio), better, kept)


def alone(name: str, unit: str, runs: Sequence[float], better: Better) -> Figure:
    """A figure without a peer."""
    return Figure(name, _kept(median(runs)), unit, None, None, None, better, tuple((_kept(run), None) for run in runs))


async def in_turns(ours: Callable[[], Awaitable[T]], peer: Callable[[], Awaitable[T]], turns: int) -> list[tuple[T, T]]:
    """Measure the peer, then ours, and again, so that what else the machine does falls on both; (ours, the peer's)."""
    runs = []
    for _ in range(turns):
        theirs = await peer()
        runs.append((await ours(), theirs))
    return runs


@asynccontextmanager
async def in_time(seconds: float) -> AsyncIterator[None]:
    """A block that must be done in time. Raises TrialError otherwise."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TrialError(
            f"a trial was not done after {seconds:.0f} s: measure when the machine is less busy"
        ) from error


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * round(share * 1000) // 1000) - 1)]


def _kept(number: float) -> float:
    """Four significant digits: more is noise."""
    return float(f"{number:.4g}")


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
