"""What one more place of an offer would add, exactly: by shortest ways through what the best flow leaves open.

A way begins where somebody can go without loss (an application that may still get a proposal, or an expert who has one
less), passes from an application to an offer that it could take and from an offer to an application that could leave
it, and ends at the offer with the new place. Its length is what is lost less what is won on it; since the flow is
optimal, no way leads round in a circle with a gain, so the shortest ways are found by relaxing all arcs until nothing
changes (Bellman and Ford).
"""

from dataclasses import dataclass

import numpy as np

from services.matching.engine.rounds.adjusting import Task, expert_keys
from services.matching.engine.rounds.flow import Flow
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.results import Place

FAR = 2**60


def more_places(task: Task, flow: Flow, step: int, listed: int) -> tuple[Place, ...] | None:
    """Full offers whose next place adds anything, so many of them, those that add most first.

    None where an application may get several proposals and has two offers of one expert. With a fairness term, experts
    with several offers are left out: these share the steps of one load.
    """
    problem = task.problem
    if _shares_experts(task):
        return None
    net = _Open.of(task, flow)
    next_step = step * (task.load + net.given_expert + 1)
    lost = net.lengths(task, step) + next_step[problem.expert]
    found = (net.left == 0) & (lost < 0)
    if step:
        found &= np.bincount(problem.expert)[problem.expert] == 1
    offers = np.flatnonzero(found)
    order = np.argsort(lost[offers], kind="stable")[:listed]
    return tuple(Place(problem.offers[offer].offer_id, -int(lost[offer])) for offer in offers[order])


def _shares_experts(task: Task) -> bool:
    rows = task.allowed & (task.wanted[task.problem.application] > 1)
    keys = expert_keys(task.problem)[rows]
    return len(np.unique(keys)) < len(keys)


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    """What the flow leaves open. `taken`, `untaken`: pairings that could be given up, and that could be used.

    `left`: places of each offer; `given` and `given_expert`: proposals of each beside the pins; `spare`: of each
    application, whether it may get another proposal.
    """

    taken: Numbers
    untaken: Numbers
    left: Numbers
    given: Numbers
    given_expert: Numbers
    spare: Mask

    @classmethod
    def of(cls, task: Task, flow: Flow) -> "_Open":
        problem = task.problem
        taken = flow.chosen & ~task.pinned
        without_place = task.allowed & (task.capacity[problem.offer] == 0)
        given = np.bincount(problem.offer[taken], minlength=len(problem.offers))
        got = np.bincount(problem.application[taken], minlength=len(problem.applications))
        return cls(
            taken=np.flatnonzero(taken),
            untaken=np.flatnonzero((flow.considered & ~taken) | without_place),
            left=task.capacity - given,
            given=given,
            given_expert=np.bincount(problem.expert, given, len(problem.experts)).astype(np.int64),
            spare=got < task.wanted,
        )

    def lengths(self, task: Task, step: int) -> Numbers:
        """The shortest way to each offer; FAR or about that where there is none."""
        problem = task.problem
        application = np.where(self.spare, 0, FAR)
        expert = np.where(self.given_expert > 0, -step * (task.load + self.given_expert), FAR)
        offer = np.full(len(problem.offers), FAR)
        leaves, joins = (problem.offer[self.taken], problem.application[self.taken]), self.untaken
        while True:
            before = offer.copy()
            np.minimum.at(offer, problem.offer[joins], application[problem.application[joins]] - problem.score[joins])
            has = self.given > 0
            offer[has] = np.minimum(offer[has], expert[problem.expert[has]])
            np.minimum.at(application, leaves[1], offer[leaves[0]] + problem.score[self.taken])
            free = self.left > 0
            np.minimum.at(expert, problem.expert[free], offer[free])
            if (offer == before).all():
                return offer
