"""The fairness term spreads proposals over experts, for a price that never falls."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from services.matching.engine.rounds.measures import gini
from services.matching.engine.rounds.results import Result
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Options, Round
from tests.builders.rounds import a_round, an_open_offer, offer_id
from tests.unit.matching.rounds.instances import options, rounds

STEPS = (0.0, 0.0001, 0.01, 0.05, 0.2, 1.0)


def loads(round_: Round, result: Result) -> int:
    """The sum of load + 1, load + 2 and so on over all experts: what the term counts."""
    found = {one.member_id: one.load for one in round_.offers}
    total = 0
    for one in result.assignments:
        found[one.member_id] += 1
        total += found[one.member_id]
    return total


@settings(max_examples=150)
@given(rounds(most=6), options())
def test_more_fairness_never_gives_more_utility_nor_more_load(round_: Round, chosen: Options) -> None:
    """Two parts of a sum: what weighs more can only fall as its weight grows, and the other part can only fall too."""
    results = [solve_round(round_, chosen.model_copy(update={"fairness": fairness})) for fairness in STEPS]
    utilities = [one.report.measures.utility for one in results]
    for (less, more), (lower, higher) in zip(pairwise(results), pairwise(utilities), strict=True):
        assert loads(round_, more) <= loads(round_, less)
        assert higher <= lower


@settings(max_examples=100)
@given(rounds(most=5), options())
def test_the_price_is_told_against_the_same_round_without_the_term(round_: Round, chosen: Options) -> None:
    report = solve_round(round_, chosen).report
    assert report.unweighted == solve_round(round_, chosen.model_copy(update={"fairness": 0.0})).report.measures
    assert report.charged == chosen.step * loads(round_, solve_round(round_, chosen))
    if report.unweighted.utility:
        assert report.kept == report.measures.utility / report.unweighted.utility


def test_a_step_of_five_points_moves_a_proposal_to_the_peer_who_has_none() -> None:
    """Two applications prefer the first expert by 4 points; the second exchange of that one costs 5 points more."""
    scores = {(1, 1): 8_000, (1, 2): 7_600, (2, 1): 8_000, (2, 2): 7_600}
    round_ = a_round(scores, offers=[an_open_offer(1, capacity=2)])
    without, with_it = solve_round(round_), solve_round(round_, Options(fairness=0.05))
    assert [one.offer_id for one in without.assignments] == [offer_id(1), offer_id(1)]
    assert {one.offer_id for one in with_it.assignments} == {offer_id(1), offer_id(2)}
    assert with_it.report.kept == 15_600 / 16_000
    assert with_it.report.charged == 2 * 500


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([], 0.0), ([0, 0], 0.0), ([3], 0.0), ([2, 2, 2], 0.0), ([0, 1], 0.5), ([0, 0, 0, 4], 0.75), ([1, 2, 3], 2 / 9)],
)
def test_gini_is_half_the_mean_difference_over_the_mean(counts: list[int], expected: float) -> None:
    assert gini(np.array(counts, np.int64)) == pytest.approx(expected)


@pytest.mark.parametrize("fairness", [-0.1, 1.1, float("nan"), float("inf"), 0.00005, 0.12345])
def test_a_fairness_that_can_not_be_counted_is_refused(fairness: float) -> None:
    with pytest.raises(ValidationError, match="fairness"):
        Options(fairness=fairness)


@pytest.mark.parametrize("fairness", [0, 0.0001, 0.05, 0.0577, 0.3, 1])
def test_steps_are_whole_hundredths_of_a_point(fairness: float) -> None:
    assert Options(fairness=fairness).step == round(fairness * 100 * 100)
