"""Leaving out pairings that no best result contains, so that the flow is small.

An offer that is wanted by no more applications than it has places is certain: whatever happens, each of them can have
it. Then an application never takes a pairing whose weight at the expert's cheapest step is below the weight of a
certain one at the dearest step that its expert can come to: moving to the certain one would be better. (If it may get
several proposals: below that of as many certain ones of different experts.) What is left out makes further offers
certain, and so on. Going without is certain as well, and counts 0.
"""

import numpy as np

from services.matching.engine.rounds.adjusting import Task, expert_keys
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.values import HIGHEST

ENOUGH = 0.01  # a further pass costs more than it saves once the last one left out less than this share


def undominated(task: Task, step: int) -> Mask:
    """Pairings among which every best result is, pins left out. `step`: of the fairness term, hundredths of a point."""
    kept = task.allowed & (task.capacity[task.problem.offer] > 0)
    while True:
        rows = np.flatnonzero(kept)
        dropped = rows[_dominated(task, step, rows)]
        kept[dropped] = False
        if len(dropped) <= ENOUGH * len(rows):
            return kept


def price(task: Task, step: int, exchanges: Numbers) -> Numbers:
    """What the exchange that is an expert's so manieth costs, as weights are counted.

    Beyond a full score it costs a hundredth more than that, whatever the number: it is never taken, and the numbers
    stay small.
    """
    return np.minimum(exchanges * step, HIGHEST + 1) * task.unit


def _dominated(task: Task, step: int, rows: Numbers) -> Mask:
    problem = task.problem
    application, offer = problem.application[rows], problem.offer[rows]
    certain = (np.bincount(offer, minlength=len(problem.offers)) <= task.capacity)[offer]
    at_best, at_worst = _worths(task, step, rows)
    return at_best < _bar(task, rows[certain], at_worst[certain])[application]


def _worths(task: Task, step: int, rows: Numbers) -> tuple[Numbers, Numbers]:
    """What each pairing is worth at its expert's cheapest step, and at the dearest one that they can come to."""
    weight = task.weight[rows]
    if step == 0:
        return weight, weight
    expert = task.problem.expert[task.problem.offer[rows]]
    most = np.bincount(expert, minlength=len(task.load))
    cheapest, dearest = price(task, step, task.load + 1), price(task, step, task.load + most)
    return weight - cheapest[expert], weight - dearest[expert]


def _bar(task: Task, rows: Numbers, worth: Numbers) -> Numbers:
    """Of each application that wants n: the n-th highest of these worths, of each expert the highest, or 0.

    Of n certain pairings with different experts one is always left to move to, whichever n - 1 others it has.
    """
    wanted, application = task.wanted, task.problem.application[rows]
    bar = np.zeros(len(wanted), np.int64)
    order = np.lexsort((-worth, application))
    if (wanted > 1).any():
        _, first = np.unique(expert_keys(task.problem)[rows[order]], return_index=True)
        order = order[np.sort(first)]
    sorted_application = application[order]
    place = np.arange(len(order)) - np.searchsorted(sorted_application, sorted_application)
    last = order[place == wanted[sorted_application] - 1]
    bar[application[last]] = np.maximum(0, worth[last])
    return bar
