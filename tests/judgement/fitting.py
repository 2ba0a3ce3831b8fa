"""Coefficients of the confidence, fitted on labelled texts: logistic regression by Newton's method, a little damped."""

from collections.abc import Sequence
from math import exp

from services.matching.engine.text.scoring import Kind, scores
from services.matching.engine.text.suggest import read
from tests.judgement.labelled import Labelled

DAMPING = 1.0
STEPS = 30

Row = tuple[float, ...]


def fit(cases: Sequence[Labelled], kind: Kind) -> list[float]:
    """The coefficients under which the readers' choices are the most likely, drawn toward 0 by a unit of damping."""
    rows: list[Row] = []
    outcomes: list[bool] = []
    for case in cases:
        reading = read(case.text)
        for one in scores(reading.evidence, kind, reading.words):
            rows.append(one.figures)
            outcomes.append(one.code in case.labels(kind))
    return logistic(rows, outcomes)


def logistic(rows: Sequence[Row], outcomes: Sequence[bool]) -> list[float]:
    """The weights of the columns under which the outcomes are the likeliest; the first column is a constant."""
    size = len(rows[0])
    found = [0.0] * size
    for _ in range(STEPS):
        slope = [-DAMPING * each if place else 0.0 for place, each in enumerate(found)]
        curve = [[DAMPING * (one == other and one > 0) for other in range(size)] for one in range(size)]
        for row, outcome in zip(rows, outcomes, strict=True):
            said = 1 / (1 + exp(-sum(a * b for a, b in zip(found, row, strict=True))))
            for one in range(size):
                slope[one] += (outcome - said) * row[one]
                for other in range(size):
                    curve[one][other] += said * (1 - said) * row[one] * row[other]
        found = [a + b for a, b in zip(found, _solved(curve, slope), strict=True)]
    return found


def _solved(matrix: list[list[float]], right: list[float]) -> list[float]:
    """x of matrix · x = right, by elimination; the matrix is symmetric and positive."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        rows[place] = [each / rows[place][place] for each in rows[place]]
        for other in range(len(rows)):
            if other != place:
                times = rows[other][place]
                rows[other] = [a - times * b for a, b in zip(rows[other], rows[place], strict=True)]
    return [row[-1] for row in rows]
