"""How good suggestions are: against what a reader chose.

Precision: the share of the suggestions made (at most 3 a text) that the reader chose, too. Recall: the share of the
reader's codes that were suggested. Hit: the share of texts, of those that have a code, for which one was right.
Brier score: the mean square of confidence less outcome, next to that of a forecaster who always says the mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from services.matching.engine.text.scoring import Kind
from services.matching.engine.text.suggest import suggest
from tests.judgement.labelled import Labelled

KINDS: tuple[Kind, ...] = ("themes", "sdgs", "dac")

Said = tuple[float, bool]  # a probability, and whether it came true


@dataclass(frozen=True, slots=True)
class Judged:
    """One text with what was suggested: (code, confidence), the surest first."""

    case: Labelled
    kind: str
    suggested: tuple[tuple[str, float], ...]

    @property
    def right(self) -> int:
        """How many of the suggestions the reader chose."""
        return sum(code in self.case.labels(self.kind) for code, _ in self.suggested)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Suggestions that the reader did not choose."""
        return tuple(code for code, _ in self.suggested if code not in self.case.labels(self.kind))

    @property
    def missed(self) -> tuple[str, ...]:
        """What the reader chose and nobody suggested."""
        return tuple(sorted(self.case.labels(self.kind) - {code for code, _ in self.suggested}))


@dataclass(frozen=True, slots=True)
class Measure:
    """Shares from 0 to 1 over `texts` texts; those without a suggestion or a label don't count where they can't."""

    texts: int
    precision: float
    recall: float
    hit: float


def judged(cases: Iterable[Labelled], kind: str) -> list[Judged]:
    """The suggestions for each text, made without telling its language."""
    return [
        Judged(case, kind, tuple((str(one.code), one.confidence) for one in getattr(suggest(case.text), kind)))
        for case in cases
    ]


def measure(found: Sequence[Judged]) -> Measure:
    """Precision, recall and hit, all codes and suggestions counting alike."""
    right = sum(one.right for one in found)
    return Measure(
        texts=len(found),
        precision=right / max(1, sum(len(one.suggested) for one in found)),
        recall=right / max(1, sum(len(one.case.labels(one.kind)) for one in found)),
        hit=fmean(one.right > 0 for one in found if one.case.labels(one.kind)),
    )


def brier(found: Sequence[Judged]) -> tuple[float, float]:
    """The Brier score of the confidences, and of saying the mean outcome each time."""
    said = _said(found)
    mean = fmean(outcome for _, outcome in said)
    return squared_error(said), mean * (1 - mean)


def reliability(found: Sequence[Judged], edges: Sequence[float]) -> list[tuple[float, float, float, int]]:
    """For each stretch of confidence: its beginning, the mean said, the share that was right, and how many."""
    return bands(_said(found), edges)


def squared_error(said: Sequence[Said]) -> float:
    """The Brier score of what was said."""
    return fmean((sure - outcome) ** 2 for sure, outcome in said)


def bands(said: Sequence[Said], edges: Sequence[float]) -> list[tuple[float, float, float, int]]:
    """For each stretch of what was said: its beginning, the mean said, the share that came true, and how many."""
    rows = []
    for low, high in zip(edges, [*edges[1:], 1.01], strict=True):
        inside = [each for each in said if low <= each[0] < high]
        if inside:
            rows.append((low, fmean(sure for sure, _ in inside), fmean(right for _, right in inside), len(inside)))
    return rows


def _said(found: Sequence[Judged]) -> list[Said]:
    return [(sure, code in one.case.labels(one.kind)) for one in found for code, sure in one.suggested]
