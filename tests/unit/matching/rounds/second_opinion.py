"""What HiGHS, a solver of linear programs, finds for a round."""

from collections import defaultdict
from collections.abc import Hashable, Sequence

import highspy
from highspy._core import _Highs as Highs  # the class around it is not typed

from services.matching.engine.rounds.values import Options, Round


def highest_utility(given: Round, options: Options) -> int:
    """The highest sum, in hundredths of a point, by a linear program: its matrix is that of a flow, so it is integral.

    A column for each pairing, and one for each step of an expert, as many as all their offers have places.
    """
    program = Highs()
    program.setOptionValue("output_flag", False)
    offers = {one.offer_id: one for one in given.offers}
    groups: dict[Hashable, list[int]] = defaultdict(list)
    most: dict[Hashable, int] = {one.application_id: options.proposals for one in given.applications}
    most |= {one.offer_id: one.capacity for one in given.offers}
    for column, one in enumerate(given.pairings):
        expert = offers[one.offer_id].member_id
        program.addCol(-one.score, 0, 1, 0, [], [])
        for group in (one.application_id, one.offer_id, expert, (one.application_id, expert)):
            groups[group].append(column)
    experts: set[Hashable] = {one.member_id for one in given.offers}
    steps = {expert: _steps(program, given, expert, options) for expert in experts}
    for one_group, columns in groups.items():
        minus = steps.get(one_group)
        if minus is None:
            _row(program, columns, [], most.get(one_group, 1))
        else:
            _row(program, columns, minus, 0)
    program.run()
    if program.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        raise AssertionError(f"HiGHS ended with {program.getModelStatus()}")
    return round(-program.getInfo().objective_function_value)


def _steps(program: Highs, given: Round, expert: Hashable, options: Options) -> list[int]:
    """Columns of what the next exchanges of an expert cost."""
    theirs = [one for one in given.offers if one.member_id == expert]
    first = program.getNumCol()
    places = sum(one.capacity for one in theirs)
    for number in range(places):
        program.addCol(options.step * (theirs[0].load + number + 1), 0, 1, 0, [], [])
    return list(range(first, first + places))


def _row(program: Highs, plus: Sequence[int], minus: Sequence[int], most: int) -> None:
    columns = [*plus, *minus]
    values = [1.0] * len(plus) + [-1.0] * len(minus)
    program.addRow(-highspy.kHighsInf, most, len(columns), columns, values)
