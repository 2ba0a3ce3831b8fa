"""The events of the last hour as bars, as values for a template to draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.monitor.rules.views import MinuteView

WIDTH, HEIGHT = 720, 120
GAP = 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One minute: a rectangle from the base line up, and a mark where there were dead letters."""

    x: float
    y: float
    width: float
    height: float
    has_dead_letters: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars in a box of `width` × `height`, the highest one as high as the box."""

    width: int
    height: int
    most: int
    bars: tuple[Bar, ...]


def chart(minutes: Sequence[MinuteView]) -> Chart:
    """Draw the minutes from left to right. A minute with any event is visible, however high the highest bar is."""
    most = max((minute.events for minute in minutes), default=0)
    step = WIDTH / max(1, len(minutes))
    return Chart(
        WIDTH, HEIGHT, most, tuple(_bar(place * step, step, minute, most) for place, minute in enumerate(minutes))
    )


def _bar(x: float, step: float, minute: MinuteView, most: int) -> Bar:
    height = max(2.0, HEIGHT * minute.events / most) if minute.events else 0.0
    return Bar(round(x, 1), round(HEIGHT - height, 1), round(step - GAP, 1), round(height, 1), minute.dead_letters > 0)
