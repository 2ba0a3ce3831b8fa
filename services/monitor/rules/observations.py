"""What monitor sees of the others: how far behind they are, and whether they can work."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

MOST_FIGURES = 12


@dataclass(frozen=True, slots=True)
class Lag:
    """Events of a topic that a service has not handled yet, and when the oldest of them happened, if that is known."""

    service: str
    topic: str
    events: int
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a service's process, as its readiness tells it."""

    name: str
    ready: bool
    reason: str
    figures: Mapping[str, float]

    def as_json(self) -> dict[str, Any]:
        """To be stored."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a service can work. `reason` is set where its process could not even be asked."""

    service: str
    ready: bool
    reason: str
    parts: tuple[Part, ...] = ()


def unreachable(service: str, reason: str) -> Health:
    """The health of a service that does not answer."""
    return Health(service, ready=False, reason=reason)


def told(service: str, answer: Any) -> Health:
    """The health in an answer of `/health/ready`, which comes from another process and may be anything."""
    parts = answer.get("roles") if isinstance(answer, dict) else None
    if not isinstance(parts, dict) or not isinstance(answer.get("ready"), bool):
        return unreachable(service, "its answer is not a readiness document")
    return Health(
        service,
        answer["ready"],
        "",
        tuple(_part(str(name), part) for name, part in sorted(parts.items()) if isinstance(part, dict)),
    )


def _part(name: str, part: Mapping[str, Any]) -> Part:
    figures = part.get("figures")
    numbers = figures.items() if isinstance(figures, dict) else ()
    return Part(
        name[:40],
        part.get("ready") is True,
        str(part.get("reason") or "")[:300],
        {str(key)[:40]: value for key, value in list(numbers)[:MOST_FIGURES] if isinstance(value, int | float)},
    )


def newest_known_unread(lag: int, own_lag: int) -> int | None:
    """Which of the events of a topic that monitor knows is the oldest that a service has not handled; 1 is the newest.

    Exact for a topic whose partitions are read evenly. None where nothing waits, or where monitor itself is as far
    behind and can't tell.
    """
    known = lag - own_lag
    return known if known > 0 else None
