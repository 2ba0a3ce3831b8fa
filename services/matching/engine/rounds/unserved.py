"""Why applications got nothing, and who got what they could have had."""

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

import numpy as np

from services.matching.engine.rounds.adjusting import Task
from services.matching.engine.rounds.measures import served_applications
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.results import Rival, Unserved, Why

RIVALS = 3


def unserved(task: Task, chosen: Mask, listed: int) -> tuple[Unserved, ...]:
    """Applications without a proposal, so many of them, by id."""
    problem = task.problem
    left = problem.capacity - np.bincount(problem.offer[chosen], minlength=len(problem.offers))
    first = np.searchsorted(problem.application, np.arange(len(problem.applications) + 1))
    holders = _holders(task, chosen)
    return tuple(
        _unserved(task, int(number), np.arange(first[number], first[number + 1]), left, holders)
        for number in np.flatnonzero(~served_applications(task, chosen))[:listed]
    )


def _unserved(
    task: Task, number: int, rows: Numbers, left: Numbers, holders: Mapping[int, tuple[UUID, ...]]
) -> Unserved:
    problem = task.problem
    allowed = rows[~task.banned[rows]]
    best = allowed[np.argsort(-problem.score[allowed], kind="stable")][:RIVALS]
    rivals = tuple(
        Rival(problem.offers[offer].offer_id, int(problem.score[row]), holders.get(offer, ()))
        for row, offer in ((row, int(problem.offer[row])) for row in best)
    )
    return Unserved(problem.applications[number].application_id, _why(rows, left[problem.offer[allowed]]), rivals)


def _why(rows: Numbers, left: Numbers) -> Why:
    if not len(rows):
        return Why.NO_CANDIDATE
    if not len(left):
        return Why.BANNED
    return Why.LOAD if (left > 0).any() else Why.TAKEN


def _holders(task: Task, chosen: Mask) -> dict[int, tuple[UUID, ...]]:
    """Of each offer with a proposal, the applications that have it, by id."""
    problem = task.problem
    found: dict[int, list[UUID]] = defaultdict(list)
    for row in np.flatnonzero(chosen):
        found[int(problem.offer[row])].append(problem.applications[problem.application[row]].application_id)
    return {offer: tuple(applications) for offer, applications in found.items()}
