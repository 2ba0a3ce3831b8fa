"""Pairs that would rather have each other than what the round gives them (Gale and Shapley, 1962).

Both sides prefer the higher score. The application would be better off if it has a proposal left to get, or if the
score is above that of the worst it has; where it already has this expert by another offer, it would give up that one.
The offer would be better off if it has a place left, or if the score is above that of the worst it has. Banned pairs
are not counted. The best sum and the fairness term can both ask for such pairs, so they are told, not forbidden.
"""

import numpy as np

from services.matching.engine.rounds.adjusting import Task, expert_keys
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.results import Blocking, BlockingPair
from services.matching.engine.rounds.values import HIGHEST


def blocking_pairs(task: Task, chosen: Mask, listed: int) -> Blocking:
    """How many there are, and so many with the largest gains together; among equal ones those with the lowest ids."""
    problem = task.problem
    gain = problem.score - _given_up(task, chosen)
    gain_of_offer = problem.score - _worst(problem.offer, problem.score, chosen, problem.capacity)[problem.offer]
    found = np.flatnonzero(~task.banned & ~chosen & (gain > 0) & (gain_of_offer > 0))
    order = np.argsort(-(gain + gain_of_offer)[found], kind="stable")
    pairs = tuple(
        BlockingPair(
            application_id=problem.applications[problem.application[row]].application_id,
            offer_id=problem.offers[problem.offer[row]].offer_id,
            score=int(problem.score[row]),
            gains=(int(gain[row]), int(gain_of_offer[row])),
        )
        for row in found[order[:listed]]
    )
    return Blocking(len(found), pairs)


def _given_up(task: Task, chosen: Mask) -> Numbers:
    """Of each pairing, the score that its application would give up for it."""
    problem = task.problem
    most = np.full(len(problem.applications), task.proposals)
    given_up = _worst(problem.application, problem.score, chosen, most)[problem.application]
    _, key = np.unique(expert_keys(problem), return_inverse=True)
    had = np.full(len(problem.score), -1)
    had[key[chosen]] = problem.score[chosen]
    return np.where(had[key] >= 0, had[key], given_up)


def _worst(side: Numbers, score: Numbers, chosen: Mask, most: Numbers) -> Numbers:
    """Of each application or offer, the lowest score that it has; 0 while it could have more.

    Who can have none gives up nothing for anything: the highest score stands for that.
    """
    worst = np.full(len(most), HIGHEST)
    np.minimum.at(worst, side[chosen], score[chosen])
    return np.where(np.bincount(side[chosen], minlength=len(most)) < most, 0, worst)
