"""The best result as a flow of least cost."""

from dataclasses import dataclass, field

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from services.matching.engine.rounds.adjusting import Task, expert_keys
from services.matching.engine.rounds.reading import Mask, Numbers
from services.matching.engine.rounds.reduction import price, undominated


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """The pairings that are chosen, pins included, and those among which the choice was made, pins left out."""

    chosen: Mask
    considered: Mask


def best_flow(task: Task, step: int) -> Flow:
    """The result with the highest sum. `step`: of the fairness term, in hundredths of a point."""
    considered = undominated(task, step)
    chosen = task.pinned.copy()
    rows = np.flatnonzero(considered)
    if len(rows):
        chosen[rows[_solved(task, step, rows)]] = True
    return Flow(chosen, considered)


@dataclass(slots=True)
class _Network:
    """Arcs and nodes as they are added."""

    nodes: int = 0
    arcs: list[tuple[Numbers, Numbers, Numbers, Numbers]] = field(default_factory=list)

    def add_nodes(self, number: int) -> Numbers:
        self.nodes += number
        return np.arange(self.nodes - number, self.nodes)

    def add_arcs(self, tails: Numbers, heads: Numbers, capacities: Numbers, costs: Numbers) -> slice:
        """Which arcs they are."""
        first = sum(len(arcs[0]) for arcs in self.arcs)
        self.arcs.append((tails, heads, capacities, costs))
        return slice(first, first + len(tails))

    def add_free(self, tails: Numbers, heads: Numbers, capacities: Numbers) -> None:
        """Arcs that cost nothing."""
        self.add_arcs(tails, heads, capacities, np.zeros_like(capacities))

    def flow(self, supplies: Numbers, sink: int) -> Numbers:
        """The flow on each arc. The first nodes supply so much, the sink takes it all."""
        tails, heads, capacities, costs = (np.concatenate(parts) for parts in zip(*self.arcs, strict=True))
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            tails.astype(np.int32), heads.astype(np.int32), capacities, costs
        )
        solver.set_nodes_supplies(np.arange(len(supplies), dtype=np.int32), supplies)
        solver.set_node_supply(sink, -int(supplies.sum()))
        status = solver.solve()
        if status != solver.OPTIMAL:
            raise RuntimeError(f"the flow of a round ended with {status}, though going without is always possible")
        return np.asarray(solver.flows(arcs))


def _solved(task: Task, step: int, rows: Numbers) -> Mask:
    """Which of these pairings are in the best flow: applications, their offers, the experts behind these, the sink."""
    problem = task.problem
    applications, application = np.unique(problem.application[rows], return_inverse=True)
    offers, offer = np.unique(problem.offer[rows], return_inverse=True)
    experts, expert = np.unique(problem.expert[offers], return_inverse=True)
    network = _Network()
    asking, offering, behind = (network.add_nodes(len(one)) for one in (applications, offers, experts))
    sink = network.add_nodes(1)
    tails = asking[application]
    if (task.wanted[applications] > 1).any():
        tails = _once_per_expert(network, tails, expert_keys(problem)[rows])
    pairings = network.add_arcs(tails, offering[offer], np.ones_like(rows), -task.weight[rows])
    network.add_free(asking, np.repeat(sink, len(asking)), task.wanted[applications])
    network.add_free(offering, behind[expert], task.capacity[offers])
    room = np.minimum(np.bincount(expert[offer]), np.bincount(expert, task.capacity[offers])).astype(np.int64)
    which, capacities, exchanges = _steps(task.load[experts], room, step)
    network.add_arcs(behind[which], np.repeat(sink, len(which)), capacities, price(task, step, exchanges))
    return network.flow(task.wanted[applications], int(sink[0]))[pairings] > 0


def _once_per_expert(network: _Network, tails: Numbers, keys: Numbers) -> Numbers:
    """Where pairings begin: at a node that lets one proposal pass, where an application has offers of one expert."""
    _, first, which, size = np.unique(keys, return_index=True, return_inverse=True, return_counts=True)
    several = size > 1
    between = tails[first]
    between[several] = network.add_nodes(int(several.sum()))
    network.add_free(tails[first][several], between[several], np.ones_like(first)[several])
    return between[which]


def _steps(load: Numbers, room: Numbers, step: int) -> tuple[Numbers, Numbers, Numbers]:
    """Arcs from experts: whose each is, its capacity, and which exchange it stands for; one for all if free."""
    if step == 0:
        return np.arange(len(load)), room, load
    which = np.repeat(np.arange(len(load)), room)
    place = np.arange(len(which)) - np.repeat(np.cumsum(room) - room, room)
    return which, np.ones_like(which), load[which] + place + 1
