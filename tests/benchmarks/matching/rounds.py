"""Rounds: the time to the best result against HiGHS, what the whole takes, and what fairness costs and gives."""

import asyncio
import multiprocessing
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from services.matching.engine.rounds.adjusting import task_of
from services.matching.engine.rounds.flow import best_flow
from services.matching.engine.rounds.reading import Problem, problem_of
from services.matching.engine.rounds.results import Report as RoundReport
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Round
from tests.benchmarks.figures import Better, Figure, TrialError, alone, compared, in_turns
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching import highs
from tests.benchmarks.matching.demand import Demand, a_large_round

TURNS = 5
FAIRNESS = 0.05
# What fairness costs depends on the scores, so it is measured on others too: where the next best is twice as far away,
# and where all see the same experts before the others.
DEMANDS = {"fair_far_apart": Demand(alike=1.6, own=3.2), "fair_same_experts": Demand(alike=1.6, own=0.8)}

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
Timed = tuple[float, int]


def measure(report: Report, tell: Tell) -> None:
    """10,000 applications, 200,000 offers, 50 candidates each."""
    tell("matching.round: making a round of 10,000 applications and 200,000 offers with 50 candidates each")
    round_ = a_large_round(Demand())
    _against_highs(problem_of(round_), report, tell)
    _whole(round_, report, tell)
    tell(f"matching.round: with fairness {FAIRNESS}")
    _fairness("matching.round.fair", round_, report)
    for name, demand in DEMANDS.items():
        _fairness(f"matching.round.{name}", a_large_round(demand), report)
    tell("matching.round.memory: in a process of its own")
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        report(alone("matching.round.memory", "MB more at the highest", [pool.apply(_memory)], "lower"))


def _against_highs(problem: Problem, report: Report, tell: Tell) -> None:
    """The same candidates as arrays for both, until the best pairings are known; no utility may differ."""

    def ours() -> int:
        task = task_of(problem, Options(), Adjustments())
        return int(problem.score[best_flow(task, 0).chosen].sum())

    def peer() -> int:
        return highs.highest_utility(problem)

    tell(f"matching.round.solve: {TURNS} turns")
    turns = asyncio.run(in_turns(_timed(ours), _timed(peer), TURNS))
    found = {utility for turn in turns for _, utility in turn}
    if len(found) > 1:
        raise TrialError(f"the two solvers disagree about the highest utility: {sorted(found)}")
    runs = [(mine, theirs) for (mine, _), (theirs, _) in turns]
    _compare(report, "matching.round.solve", "s", "HiGHS, dual simplex without presolve", runs, "lower")


def _whole(round_: Round, report: Report, tell: Tell) -> None:
    """From plain values to proposals and report, with the comparison with no fairness term."""
    tell("matching.round.whole: 3 turns")
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        solve_round(round_, Options(fairness=FAIRNESS))
        times.append(time.perf_counter() - begun)
    report(alone("matching.round.whole", "s", times, "lower"))


def _fairness(name: str, round_: Round, report: Report) -> None:
    found: RoundReport = solve_round(round_, Options(fairness=FAIRNESS)).report
    fair, without = found.measures, found.unweighted
    peer = "without the fairness term"
    _compare(report, f"{name}.utility", "points", peer, [(fair.utility / 100, without.utility / 100)], "higher")
    _compare(report, f"{name}.gini", "Gini of load", peer, [(fair.gini, without.gini)], "lower")
    _compare(report, f"{name}.experts", "experts used", peer, [(fair.experts.count, without.experts.count)], "higher")


def _compare(report: Report, name: str, unit: str, peer: str, runs: list[tuple[float, float]], better: Better) -> None:
    report(compared(name, unit, peer, runs, better, floor=FLOORS.get(name)))


def _timed(solve: Callable[[], int]) -> Callable[[], Awaitable[Timed]]:
    async def trial() -> Timed:
        begun = time.perf_counter()
        utility = solve()
        return time.perf_counter() - begun, utility

    return trial


def _memory() -> float:
    """MB by which this process's highest use of memory grows while it solves a round that it has."""
    round_ = a_large_round(Demand())
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is now what is in use
    before = _highest()
    solve_round(round_, Options(fairness=FAIRNESS))
    return _highest() - before


def _highest() -> float:
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(), re.MULTILINE)
    assert found is not None
    return float(found[1]) / 1000
