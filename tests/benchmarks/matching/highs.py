"""HiGHS on the same candidates: a linear program with a row for each application and each offer.

Its matrix is that of a flow, so the best corner is integral and no branching is needed. Of its methods the simplex
without presolve is the fastest on such rounds: presolve removes little here and costs more than it saves.
"""

import highspy
import numpy as np
from highspy._core import _Highs as Highs  # the class around it greets on standard output, where the figures go

from services.matching.engine.rounds.reading import Problem
from tests.benchmarks.figures import TrialError


def highest_utility(problem: Problem) -> int:
    """The highest sum of scores with one proposal for each application, in hundredths of a point."""
    program = Highs()
    program.setOptionValue("output_flag", False)
    program.setOptionValue("solver", "simplex")
    program.setOptionValue("presolve", "off")
    _add(program, problem)
    program.run()
    if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise TrialError(f"HiGHS ended with {program.getModelStatus()}")
    return round(-program.getInfo().objective_function_value)


def _add(program: Highs, problem: Problem) -> None:
    columns, asking, offers = len(problem.score), len(problem.applications), len(problem.offers)
    rows = asking + offers
    none, most = np.full(rows, -highspy.kHighsInf), np.concatenate([np.ones(asking), problem.capacity])
    empty = np.empty(0, np.int32)
    program.addRows(rows, none, most, 0, np.zeros(rows, np.int32), empty, np.empty(0))
    indices = np.stack([problem.application, asking + problem.offer], 1).ravel().astype(np.int32)
    starts = np.arange(0, 2 * columns, 2, dtype=np.int32)
    costs, zeros, ones = -problem.score.astype(np.float64), np.zeros(columns), np.ones(columns)
    program.addCols(columns, costs, zeros, ones, 2 * columns, starts, indices, np.ones(2 * columns))
