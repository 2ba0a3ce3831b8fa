"""The door: a round in, its best result and a report out."""

from collections.abc import Callable
from enum import StrEnum

from services.matching.engine.rounds.adjusting import Task, task_of
from services.matching.engine.rounds.blocking import blocking_pairs
from services.matching.engine.rounds.flow import Flow, best_flow
from services.matching.engine.rounds.measures import charged, coverage, exposure, measures
from services.matching.engine.rounds.places import more_places
from services.matching.engine.rounds.reading import Mask, problem_of
from services.matching.engine.rounds.results import Assignment, Report, Result
from services.matching.engine.rounds.unserved import unserved
from services.matching.engine.rounds.values import Adjustments, Options, Round


class Stage(StrEnum):
    """What is being done, in this order."""

    READING = "reading"
    SOLVING = "solving"
    COMPARING = "comparing"
    REPORTING = "reporting"


Progress = Callable[[Stage], None]


def solve_round(
    given: Round,
    options: Options | None = None,
    adjustments: Adjustments | None = None,
    progress: Progress | None = None,
) -> Result:
    """The best proposals for all applications at once, and what they mean.

    The same round, options and adjustments give the same result, in whatever order the parts are named. `progress` is
    told at the beginning of each stage; what it raises ends the work. Raises Invalid for input that can't be used and
    for pins that are impossible (see `reading.problem_of` and `adjusting.task_of`).
    """
    options, adjustments = options or Options(), adjustments or Adjustments()
    tell = progress or _nobody
    tell(Stage.READING)
    task = task_of(problem_of(given), options, adjustments)
    tell(Stage.SOLVING)
    flow = best_flow(task, options.step)
    tell(Stage.COMPARING)
    unweighted = flow if options.step == 0 else best_flow(task, 0)
    tell(Stage.REPORTING)
    return Result(_assignments(task, flow.chosen), _report(task, flow, unweighted, options))


def _report(task: Task, flow: Flow, unweighted: Flow, options: Options) -> Report:
    chosen = flow.chosen
    ours, best = measures(task, chosen), measures(task, unweighted.chosen)
    return Report(
        measures=ours,
        unweighted=best,
        kept=ours.utility / best.utility if best.utility else 1.0,
        charged=charged(task, chosen, options.step),
        unserved=unserved(task, chosen, options.listed),
        exposure=exposure(task, chosen),
        coverage=coverage(task, chosen),
        blocking=blocking_pairs(task, chosen, options.listed),
        places=more_places(task, flow, options.step, options.listed),
    )


def _assignments(task: Task, chosen: Mask) -> tuple[Assignment, ...]:
    problem = task.problem
    rows = chosen.nonzero()[0]
    found = [
        Assignment(
            application_id=problem.applications[problem.application[row]].application_id,
            offer_id=problem.offers[problem.offer[row]].offer_id,
            member_id=problem.offers[problem.offer[row]].member_id,
            score=int(problem.score[row]),
            pinned=bool(task.pinned[row]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.application_id, -one.score, one.offer_id)))


def _nobody(_stage: Stage) -> None:
    """Nobody wants to know."""
