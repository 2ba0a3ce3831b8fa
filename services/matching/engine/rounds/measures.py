"""What an assignment is worth, and to whom."""

from collections.abc import Iterable

import numpy as np

from services.matching.engine.rounds.adjusting import Task
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.results import Coverage, Exposure, Measures, Share


def measures(task: Task, chosen: Mask) -> Measures:
    """The figures of these proposals."""
    problem = task.problem
    served, given = served_applications(task, chosen), proposals_of_experts(task, chosen)
    reach = within_reach(task)
    asking_south = _mask(one.south for one in problem.applications)
    first_timers = _mask(one.first_timer for one in problem.applications)
    southern = _mask(one.south for one in problem.experts)
    new = _mask(one.first_timer for one in problem.experts)
    both_south = asking_south[problem.application] & southern[problem.expert_of_pairing]
    return Measures(
        utility=int(problem.score[chosen].sum()),
        served=_share(served),
        experts=_share(given[reach] > 0),
        gini=gini((problem.load + given)[reach]),
        south_south=_share(both_south[chosen]),
        first_timers=_share(served[first_timers]),
        new_experts=_share(given[reach & new] > 0),
    )


def exposure(task: Task, chosen: Mask) -> tuple[Exposure, ...]:
    """How the proposals are spread over experts of the South and the North, and over first-timers and the others."""
    southern = _mask(one.south for one in task.problem.experts)
    new = _mask(one.first_timer for one in task.problem.experts)
    given, reach = proposals_of_experts(task, chosen), within_reach(task)
    mean = float(given[reach].mean()) if reach.any() else 0.0
    groups = {"south": southern, "north": ~southern, "first-timers": new, "experienced": ~new}
    return tuple(_exposure(name, given[group & reach], mean) for name, group in groups.items())


def coverage(task: Task, chosen: Mask) -> tuple[Coverage, ...]:
    """The applications that are served, by country in the order of codes."""
    served = served_applications(task, chosen)
    countries = [one.country for one in task.problem.applications]
    codes, which = np.unique(np.array(countries), return_inverse=True)
    all_, some = np.bincount(which), np.bincount(which[served], minlength=len(codes))
    return tuple(Coverage(str(code), Share(int(some[at]), int(all_[at]))) for at, code in enumerate(codes))


def charged(task: Task, chosen: Mask, step: int) -> int:
    """What the fairness term takes: the sum over experts of step x (load + 1), step x (load + 2), up to their last."""
    given, load = proposals_of_experts(task, chosen), task.problem.load
    return int((step * (given * load + given * (given + 1) // 2)).sum())


def gini(loads: Numbers) -> float:
    """The Gini coefficient: half the mean difference of two loads over their mean; 0 where there is nothing to share.

    By the formula for sorted values, G = 2 sum(i x_i) / (n sum(x)) - (n + 1) / n.
    """
    total = int(loads.sum())
    if total == 0:
        return 0.0
    number = len(loads)
    weighted = int((np.arange(1, number + 1) * np.sort(loads)).sum())
    return 2 * weighted / (number * total) - (number + 1) / number


def served_applications(task: Task, chosen: Mask) -> Mask:
    """Of each application, whether it has a proposal."""
    return np.bincount(task.problem.application[chosen], minlength=len(task.problem.applications)) > 0


def proposals_of_experts(task: Task, chosen: Mask) -> Numbers:
    """Of each expert, how many proposals there are."""
    return np.bincount(task.problem.expert_of_pairing[chosen], minlength=len(task.problem.experts))


def within_reach(task: Task) -> Mask:
    """Of each expert, whether a pairing that is not banned leads to an offer of theirs with a place."""
    problem = task.problem
    open_ = ~task.banned & (problem.capacity[problem.offer] > 0)
    return np.bincount(problem.expert_of_pairing[open_], minlength=len(problem.experts)) > 0


def _exposure(group: str, given: Numbers, mean: float) -> Exposure:
    number, proposals = len(given), int(given.sum())
    return Exposure(group, number, proposals, proposals / number / mean if number and mean else None)


def _share(which: Mask) -> Share:
    return Share(int(which.sum()), len(which))


def _mask(values: Iterable[bool]) -> Mask:
    return np.fromiter(values, np.bool_)
