"""What a benchmark finds: one figure, compared with a peer that was measured in turns with ours."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from typing import Literal, TypeVar

Better = Literal["higher", "lower"]
T = TypeVar("T")
Run = tuple[float, float | None]


class TrialError(Exception):
    """A trial did not do its work, so its time means nothing. The text is one sentence."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One result. `runs` holds what was measured in each turn: ours, and the peer's.

    `value` and `peer_value` are medians. `ratio` is the median of the turns' ratios, ours to the peer's: both sides of
    a turn met the same weather on the machine, so it holds where the values themselves do not. `spread` holds the
    quartiles of these ratios, or of the values where there is no peer: half of the turns were between them. `floor` is
    the ratio that the project demands: at least, or at most where lower is better.
    """

    name: str
    value: float
    unit: str
    peer: str | None
    peer_value: float | None
    ratio: float | None
    better: Better
    runs: tuple[Run, ...]
    spread: tuple[float, float]
    floor: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the ratio is what the project demands; None where nothing is demanded."""
        if self.floor is None or self.ratio is None:
            return None
        return self.ratio >= self.floor if self.better == "higher" else self.ratio <= self.floor

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self) | {"met": self.met})

    def sentence(self) -> str:
        """The same for people."""
        said = f"{self.name}: {_short(self.value)} {self.unit}"
        if self.peer is None or self.peer_value is None or self.ratio is None:
            return said
        low, high = self.spread
        goal = f"{self.better} is better, {len(self.runs)} turns, half of them {low:#.3g} to {high:#.3g}"
        said = f"{said}; {self.peer}: {_short(self.peer_value)}; ratio {self.ratio:#.3g} ({goal})"
        return said if self.met is None else f"{said}; {self.demand()} is demanded: {'met' if self.met else 'NOT MET'}"

    def demand(self) -> str:
        """The floor in words, "at least 0.9" or "at most 1.1"; empty without one."""
        if self.floor is None:
            return ""
        return f"at {'least' if self.better == 'higher' else 'most'} {self.floor:g}"


def compared(
    name: str,
    unit: str,
    peer: str,
    runs: Sequence[tuple[float, float]],
    better: Better,
    *,
    floor: float | None = None,
) -> Figure:
    """The figure of several turns with a peer."""
    ours, theirs = [run[0] for run in runs], [run[1] for run in runs]
    ratios = [mine / other for mine, other in runs]
    return Figure(
        name,
        _kept(median(ours)),
        unit,
        peer,
        _kept(median(theirs)),
        _kept(median(ratios)),
        better,
        runs=tuple((_kept(mine), _kept(other)) for mine, other in runs),
        spread=_quartiles(ratios),
        floor=floor,
    )


def alone(name: str, unit: str, runs: Sequence[float], better: Better) -> Figure:
    """A figure without a peer."""
    kept = tuple((_kept(run), None) for run in runs)
    return Figure(name, _kept(median(runs)), unit, None, None, None, better, kept, _quartiles(runs))


async def in_turns(ours: Callable[[], Awaitable[T]], peer: Callable[[], Awaitable[T]], turns: int) -> list[tuple[T, T]]:
    """Measure both, so many times, the other one first each time; returns (ours, the peer's) of each turn.

    What else the machine does then falls on both, also where it grows or fades during a turn. A turn before the first
    is not counted: in it the servers read their files and compile their code.
    """
    runs = []
    for turn in range(turns + 1):
        if turn % 2:
            mine, theirs = await ours(), await peer()
        else:
            theirs, mine = await peer(), await ours()
        runs.append((mine, theirs))
    return runs[1:]


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


def _quartiles(values: Sequence[float]) -> tuple[float, float]:
    if len(values) < 2:
        return _kept(values[0]), _kept(values[0])
    low, _, high = quantiles(values, n=4, method="inclusive")
    return _kept(low), _kept(high)


def _kept(number: float) -> float:
    """Four significant digits: more is noise."""
    return float(f"{number:.4g}")


def _short(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.3g}"
