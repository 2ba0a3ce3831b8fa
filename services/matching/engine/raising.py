"""What would raise a score, and by how much: the pair is scored again with one thing of the offer changed.

Only what an offerer can change or gain is tried: neither the place nor the position. Each gain stands alone; two of
them together can give more or less than their sum.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.matching.engine import days
from services.matching.engine.acceptance import once_more
from services.matching.engine.factors import YEARS_THAT_COUNT
from services.matching.engine.filters import RANKS
from services.matching.engine.search import score_of
from services.matching.engine.values import Candidate, Ranked, Request, Scale
from shared.events.matching import Raise

BEST_RATING = 5.0

Change = tuple[str, Candidate]


def raises(request: Request, ranked: Ranked, scale: Scale) -> tuple[Raise, ...]:
    """What would raise the score of a pair that passes every filter, the greatest gain first."""
    tried = [(code, changed, scale) for code, changed in _changes(request, ranked.candidate)]
    tried.append(("accepted:1", *once_more(ranked.candidate, scale)))
    gains = []
    for code, changed, then in tried:
        plan = days.plan(request, changed)
        if plan is not None:
            points = score_of(request, changed, plan, then) - round(ranked.score * 100)
            if points > 0:
                gains.append(Raise(code=code, points=points / 100))
    return tuple(sorted(gains, key=lambda one: (-one.points, one.code)))


def _changes(request: Request, candidate: Candidate) -> Iterator[Change]:
    yield from _knowledge(request, candidate)
    yield from _languages(request, candidate)
    if candidate.years_in_role < YEARS_THAT_COUNT:
        yield f"years:{YEARS_THAT_COUNT}", replace(candidate, years_in_role=YEARS_THAT_COUNT)
    yield f"days:{request.window.length}", replace(candidate, windows=(request.window,), booked=())
    total = candidate.rating * candidate.ratings + BEST_RATING
    yield (
        f"rating:{BEST_RATING:g}",
        replace(candidate, ratings=candidate.ratings + 1, rating=total / (candidate.ratings + 1)),
    )


def _knowledge(request: Request, candidate: Candidate) -> Iterator[Change]:
    for theme in request.themes - candidate.themes:
        yield f"theme:{theme}", replace(candidate, themes=candidate.themes | {theme})
    for code in request.dac - candidate.dac:
        yield f"dac:{code}", replace(candidate, dac=candidate.dac | {code})
    for goal in request.sdgs - candidate.sdgs:
        yield f"sdg:{goal}", replace(candidate, sdgs=candidate.sdgs | {goal})


def _languages(request: Request, candidate: Candidate) -> Iterator[Change]:
    """A language spoken as well as the other side speaks it: better would not help."""
    for language, level in request.languages.items():
        spoken = candidate.languages.get(language)
        if spoken is None or RANKS[spoken] < RANKS[level]:
            yield f"language:{language}:{level}", replace(candidate, languages={**candidate.languages, language: level})
