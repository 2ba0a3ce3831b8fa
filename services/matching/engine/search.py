"""The search: filter, plan, score, rank."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from services.matching.engine import days
from services.matching.engine.acceptance import acceptance, of_others
from services.matching.engine.factors import FACTORS, hundredths
from services.matching.engine.favour import favours
from services.matching.engine.filters import FILTERS, obstacles
from services.matching.engine.values import Candidate, Found, Plan, Ranked, Request, Scale
from shared.events.matching import Contribution, FilteredOut


def search(request: Request, candidates: Iterable[Candidate], scale: Scale, *, top: int) -> Found:
    """The best `top` candidates that pass every hard filter, best first.

    Order: organisations that the applicant asked for; score with points of favour; offers that answer this application;
    fewer exchanges already taken on; offer id. So the same input gives the same list.
    """
    removed: Counter[str] = Counter()
    survivors = []
    considered = 0
    for candidate in candidates:
        considered += 1
        failed = obstacles(request, candidate)
        removed.update(failed)
        plan = None if failed else days.plan(request, candidate)
        if plan is not None:
            survivors.append(explain(request, candidate, plan, scale))
    survivors.sort(key=lambda ranked: _place(request, ranked))
    return Found(tuple(survivors[:top]), considered, filtered_out(removed))


def filtered_out(removed: Mapping[str, int]) -> tuple[FilteredOut, ...]:
    """How many offers each filter alone removes, in the order of the filters, those that remove none left out."""
    return tuple(FilteredOut(filter=name, offers=removed[name]) for name in FILTERS if removed.get(name))


def explain(request: Request, candidate: Candidate, plan: Plan, scale: Scale) -> Ranked:
    """The score of one pair with what adds up to it: what each factor gives, less what the offerer's answers cost."""
    factors = list(_factors(request, candidate, plan, scale))
    fit = sum(points for _, points, _, _ in factors)
    score = hundredths(fit / 100, acceptance(candidate, scale))
    contributions = [
        Contribution(factor=name, points=points / 100, out_of=weight, because=because)
        for name, points, weight, because in factors
    ]
    if score < fit:
        because = _answers(candidate, scale)
        contributions.append(Contribution(factor="acceptance", points=(score - fit) / 100, out_of=0, because=because))
    given = favours(request, candidate, scale.favour)
    if given:
        because = tuple(f"{code}:{points / 100:g}" for code, points in given.items())
        contributions.append(Contribution(factor="fairness", points=0, out_of=0, because=because))
    return Ranked(candidate, plan, score / 100, tuple(contributions), favour=sum(given.values()))


def score_of(request: Request, candidate: Candidate, plan: Plan, scale: Scale) -> int:
    """The score of one pair, in hundredths of a point."""
    fit = sum(points for _, points, _, _ in _factors(request, candidate, plan, scale))
    return hundredths(fit / 100, acceptance(candidate, scale))


def _answers(candidate: Candidate, scale: Scale) -> tuple[str, ...]:
    """Why an offerer may not agree."""
    because: tuple[str, ...] = (f"answers:{candidate.answered}", f"accepted:{candidate.accepted}")
    others = of_others(candidate, scale)
    if others.answered:
        because += (f"answers-for-others:{others.answered}", f"accepted-for-others:{others.accepted}")
    return because


def _factors(
    request: Request, candidate: Candidate, plan: Plan, scale: Scale
) -> Iterator[tuple[str, int, float, tuple[str, ...]]]:
    """Each factor with its hundredths of a point, its weight, and why."""
    for name, factor in FACTORS.items():
        share, because = factor(request, candidate, plan, scale)
        weight = getattr(scale.weights, name)
        yield name, hundredths(weight, share), weight, because


def _place(request: Request, ranked: Ranked) -> tuple[bool, int, bool, int, UUID]:
    candidate = ranked.candidate
    return (
        candidate.organisation_id not in request.preferred,
        -ranked.placed,
        candidate.answers != request.application_id,
        candidate.reserved,
        candidate.offer_id,
    )
