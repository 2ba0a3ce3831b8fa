"""Matching: how fast the engine answers, and what its answers are worth."""

from collections.abc import Callable

from tests.benchmarks.figures import Figure
from tests.benchmarks.matching import proposing, rounds, search

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
PARTS: tuple[Callable[[Report, Tell], None], ...] = (search.measure, proposing.measure, rounds.measure)


def measure(report: Report, tell: Tell) -> None:
    """Measure one part after the other."""
    for part in PARTS:
        part(report, tell)
