"""Why an offer is proposed, or why not: what rules it out, or what it gets."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from services.matching.engine import days
from services.matching.engine.filters import obstacles
from services.matching.engine.raising import raises
from services.matching.engine.relaxing import Relaxation, relaxable, relaxed
from services.matching.engine.search import explain
from services.matching.engine.values import Candidate, Ranked, Request, Scale


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the search makes of one offer.

    Either it passes, and `ranked` tells its score, what adds up to it and what would raise it; or `obstacles` names the
    filters that rule it out, and `lets_in` what could be relaxed, each alone, so that it would pass.
    """

    candidate: Candidate
    obstacles: tuple[str, ...]
    ranked: Ranked | None
    lets_in: tuple[Relaxation, ...]


def judge(request: Request, candidate: Candidate, scale: Scale, already: Collection[Relaxation] = ()) -> Verdict:
    """The verdict on one pair; the same filters and the same score as in a search over all offers.

    `already`: what was relaxed in the request before.
    """
    failed = obstacles(request, candidate)
    plan = None if failed else days.plan(request, candidate)
    if plan is None:
        lets_in = [one for one in relaxable(request, already) if not obstacles(relaxed(request, {one}), candidate)]
        return Verdict(candidate, failed, None, tuple(lets_in))
    ranked = explain(request, candidate, plan, scale)
    return Verdict(candidate, (), replace(ranked, raises=raises(request, ranked, scale)), ())
