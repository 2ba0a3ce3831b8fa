"""What may be shown of many answers together: nothing of groups so small that a mean would tell on its members."""

from dataclasses import dataclass

from services.evaluation.rules.views import ConfidenceResult, ItemResult
from shared.events.evaluation import SurveyKind

# Organisations count, not answers: five days rated by one organisation are still one voice.
SMALLEST_GROUP = 5


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """All ratings of one item, raw."""

    kind: SurveyKind
    item: str
    n: int
    respondents: int
    mean: float


@dataclass(frozen=True, slots=True)
class ConfidenceFigures:
    """The means of one confidence item over those who answered before and after, raw."""

    item: str
    n: int
    respondents: int
    before: float
    then: float
    after: float


def item_result(raw: ItemFigures) -> ItemResult:
    """The mean to two decimals, or hidden if fewer than 5 organisations are behind it."""
    hidden = raw.respondents < SMALLEST_GROUP
    return ItemResult(
        kind=raw.kind,
        item=raw.item,
        n=raw.n,
        respondents=raw.respondents,
        mean=None if hidden else round(raw.mean, 2),
        hidden=hidden,
    )


def confidence_result(raw: ConfidenceFigures) -> ConfidenceResult:
    """The means and how they differ to two decimals, or hidden if fewer than 5 organisations are behind them."""
    hidden = raw.respondents < SMALLEST_GROUP

    def figure(value: float) -> float | None:
        return None if hidden else round(value, 2)

    return ConfidenceResult(
        item=raw.item,
        n=raw.n,
        respondents=raw.respondents,
        before=figure(raw.before),
        then=figure(raw.then),
        after=figure(raw.after),
        gain=figure(raw.after - raw.before),
        gain_seen_from_after=figure(raw.after - raw.then),
        hidden=hidden,
    )
