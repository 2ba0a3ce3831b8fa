"""What an applicant could relax, and how many offers would pass then, before anybody chooses."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import combinations

from services.matching.engine.index.offers import Hits
from services.matching.engine.values import Days, Request

LATER = timedelta(days=90)


class Relaxation(StrEnum):
    """One thing that a request can do without. Conflicts of interest and exclusions are never relaxed."""

    INTERPRETATION = "interpretation"  # it is provided, so no shared language is needed
    SAME_COUNTRY = "same-country"  # peers of the same country are welcome
    MODE = "mode"  # any mode that suits is welcome
    WINDOW = "window"  # up to 90 days later is early enough
    KNOWLEDGE = "knowledge"  # knowledge of the same sector is enough
    EARLIER_PROPOSAL = "earlier-proposal"  # those who did not agree before are asked again


R = Relaxation
_RELAX: Mapping[Relaxation, Callable[[Request], Request]] = {
    R.INTERPRETATION: lambda request: replace(request, interpretation=True),
    R.SAME_COUNTRY: lambda request: replace(request, same_country=True),
    R.MODE: lambda request: replace(request, mode=None),
    R.WINDOW: lambda request: replace(request, window=Days(request.window.first, request.window.last + LATER)),
    R.KNOWLEDGE: lambda request: replace(request, related=True),
    R.EARLIER_PROPOSAL: lambda request: replace(request, refused=frozenset()),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """How many offers pass every filter with these relaxations together, and the best score of them, in points."""

    relax: tuple[Relaxation, ...]
    passed: int
    best: float | None


def relaxed(request: Request, relax: Collection[Relaxation]) -> Request:
    """The request without what is relaxed; whatever else it says stays."""
    for one in Relaxation:
        if one in relax:
            request = _RELAX[one](request)
    return request


def relaxable(request: Request, already: Collection[Relaxation] = ()) -> tuple[Relaxation, ...]:
    """What this request has that can be relaxed, and was not already."""
    return tuple(one for one in Relaxation if one not in already and _RELAX[one](request) != request)


def effects(
    request: Request, look: Callable[[Request], Hits], already: Collection[Relaxation] = ()
) -> tuple[Effect, ...]:
    """The effect of each relaxation alone; of each two of them too, if none alone brings anybody.

    `look` searches with a request, favours nobody, and gives at least the best hit. The most offers come first.
    """
    possible = relaxable(request, already)
    alone = [_effect((one,), request, look) for one in possible]
    if not any(one.passed for one in alone):
        alone += [_effect(pair, request, look) for pair in combinations(possible, 2)]
    return tuple(sorted(alone, key=lambda one: (-one.passed, len(one.relax), one.relax)))


def _effect(relax: tuple[Relaxation, ...], request: Request, look: Callable[[Request], Hits]) -> Effect:
    hits = look(relaxed(request, relax))
    return Effect(relax, hits.passed, hits.best[0].points / 100 if hits.best else None)
