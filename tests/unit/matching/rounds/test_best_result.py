"""The proposals of a round have the highest sum that there is."""

import numpy as np
import pytest
from hypothesis import given, settings

from services.matching.engine.rounds.results import Result
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Options, Round
from tests.builders.rounds import a_round, an_open_application, an_open_offer, offer_id, pair
from tests.unit.matching.rounds.instances import breaches, highest_worth, options, pairs_of, rounds, worth
from tests.unit.matching.rounds.second_opinion import highest_utility


@settings(max_examples=400)
@given(rounds(), options())
def test_no_other_assignment_is_worth_more(round_: Round, chosen: Options) -> None:
    result = solve_round(round_, chosen)
    assert breaches(round_, result.assignments, chosen) == []
    assert worth(round_, pairs_of(result), chosen) == highest_worth(round_, chosen)


def a_larger_round(seed: int, *, asking: int = 400, given: int = 250, each: int = 12) -> Round:
    """Offers that are wanted as often as a few are in life, and too few places for everybody."""
    random = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, given + 1)
    scores = {
        (application, int(offer)): int(random.integers(0, 10_001))
        for application in range(asking)
        for offer in random.choice(given, each, replace=False, p=popularity / popularity.sum())
    }
    capacities = random.integers(0, 4, given).tolist()
    offers = [an_open_offer(one, expert=one // 2, capacity=capacities[one]) for one in range(given)]
    return a_round(scores, offers=offers)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("proposals", [1, 3])
def test_another_solver_finds_the_same_utility(seed: int, proposals: int) -> None:
    round_ = a_larger_round(seed)
    chosen = Options(proposals=proposals)
    result = solve_round(round_, chosen)
    assert breaches(round_, result.assignments, chosen) == []
    assert result.report.measures.utility == highest_utility(round_, chosen)


@pytest.mark.parametrize("fairness", [0.01, 0.05, 0.3])
@pytest.mark.parametrize("proposals", [1, 2])
def test_another_solver_finds_the_same_sum_with_a_fairness_term(fairness: float, proposals: int) -> None:
    round_ = a_larger_round(9)
    chosen = Options(fairness=fairness, proposals=proposals)
    report = solve_round(round_, chosen).report
    assert report.measures.utility - report.charged == highest_utility(round_, chosen)


def both(round_: Round, **chosen: float) -> Result:
    return solve_round(round_, Options(**chosen))


def test_the_best_sum_can_take_the_best_peer_from_an_application() -> None:
    round_ = a_round({(1, 1): 9_000, (1, 2): 8_000, (2, 1): 8_900, (2, 2): 1_000})
    assert pairs_of(solve_round(round_)) == [pair(1, 2), pair(2, 1)]


def test_a_full_offer_is_given_to_nobody() -> None:
    assert pairs_of(solve_round(a_round({(1, 1): 9_000}, offers=[an_open_offer(1, capacity=0)]))) == []


def test_a_score_of_nothing_is_still_a_proposal() -> None:
    assert pairs_of(solve_round(a_round({(1, 1): 0}))) == [pair(1, 1)]


@pytest.mark.parametrize(("load", "served"), [(0, 2), (1, 1), (2, 1), (3, 0)])
def test_each_further_exchange_of_an_expert_costs_a_step_more(load: int, served: int) -> None:
    """Two scores of 60 points, steps of 20: with the load 1 the first costs 40 and the second 60 points."""
    round_ = a_round({(1, 1): 6_000, (2, 1): 5_999}, offers=[an_open_offer(1, capacity=2, load=load)])
    assert len(both(round_, fairness=0.2).assignments) == served


def test_the_load_of_an_expert_counts_over_all_their_offers() -> None:
    scores = {(1, 1): 6_000, (2, 2): 6_000, (2, 3): 5_000}
    one_expert = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    assert pairs_of(both(a_round(scores), fairness=0.2)) == [pair(1, 1), pair(2, 2)]
    assert pairs_of(both(a_round(scores, offers=one_expert), fairness=0.2)) == [pair(1, 1), pair(2, 3)]


def test_several_proposals_of_an_application_are_of_different_experts() -> None:
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    round_ = a_round({(1, 1): 9_000, (1, 2): 8_000, (1, 3): 7_000, (1, 4): 6_000}, offers=offers)
    assert [one.offer_id for one in both(round_, proposals=2).assignments] == [offer_id(1), offer_id(3)]
    assert [one.offer_id for one in both(round_, proposals=4).assignments] == [offer_id(1), offer_id(3), offer_id(4)]


def test_applications_without_a_candidate_take_part_and_get_nothing() -> None:
    round_ = a_round({(1, 1): 5_000}, applications=[an_open_application(2)])
    assert pairs_of(solve_round(round_)) == [pair(1, 1)]
