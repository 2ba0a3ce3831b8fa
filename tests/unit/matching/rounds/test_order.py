"""The same round gives the same result, and a lot decides between equal ones."""

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.rounds.lots import LOTS, lots
from services.matching.engine.rounds.reading import problem_of
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Round
from tests.builders.rounds import a_round, an_open_application, application_id, offer_id, pair
from tests.unit.matching.rounds.instances import options, pairs_of, rounds, worth


def shuffled(round_: Round, random: Random) -> Round:
    return Round(
        random.sample(list(round_.applications), len(round_.applications)),
        random.sample(list(round_.offers), len(round_.offers)),
        random.sample(list(round_.pairings), len(round_.pairings)),
    )


@settings(max_examples=200)
@given(rounds(most=6), options(), st.randoms(use_true_random=False))
def test_the_order_in_which_a_round_is_told_does_not_matter(round_: Round, chosen: Options, random: Random) -> None:
    assert solve_round(round_, chosen) == solve_round(shuffled(round_, random), chosen)


@settings(max_examples=200)
@given(rounds(most=6), options(), st.integers(6, 2**63 - 1))
def test_another_seed_never_changes_the_sum(round_: Round, chosen: Options, seed: int) -> None:
    other = chosen.model_copy(update={"seed": seed})
    sums = [worth(round_, pairs_of(solve_round(round_, one)), one) for one in (chosen, other)]
    assert sums[0] == sums[1]


def winner(seed: int, *, rivals: int = 4) -> int:
    """The application that gets the one place that all want equally."""
    round_ = a_round({(asking, 1): 5_000 for asking in range(rivals)})
    ids = [one.application_id for one in solve_round(round_, Options(seed=seed)).assignments]
    return [application_id(asking) for asking in range(rivals)].index(ids[0])


def test_among_equals_each_wins_about_as_often() -> None:
    """400 seeds and four rivals: 100 each, with a standard deviation of 8.7."""
    won = Counter(winner(seed) for seed in range(400))
    assert all(65 <= won[rival] <= 135 for rival in range(4)), won


def test_among_equals_the_highest_lot_wins() -> None:
    round_ = a_round({(asking, 1): 5_000 for asking in range(9)})
    for seed in range(20):
        drawn = lots(problem_of(round_), seed)
        assert winner(seed, rivals=9) == int(drawn.argmax())


def test_a_hundredth_of_a_point_outweighs_every_lot() -> None:
    round_ = a_round({(1, 1): 5_000, (2, 1): 5_001})
    assert {tuple(pairs_of(solve_round(round_, Options(seed=seed)))) for seed in range(50)} == {(pair(2, 1),)}


def test_a_lot_depends_on_the_seed_and_the_pair_alone() -> None:
    alone, among_others = (
        a_round({(3, 3): 1}),
        a_round({(asking, given): 1 for asking in range(5) for given in range(5)}),
    )
    assert lots(problem_of(alone), 7)[0] == lots(problem_of(among_others), 7)[3 * 5 + 3]
    assert lots(problem_of(alone), 7)[0] != lots(problem_of(alone), 8)[0]


def test_lots_are_spread_over_their_whole_range() -> None:
    drawn = lots(problem_of(a_round({(asking, given): 1 for asking in range(200) for given in range(50)})), 1)
    assert drawn.min() >= 1
    assert drawn.max() <= LOTS
    assert abs(drawn.mean() - LOTS / 2) < LOTS / 40
    assert len(set(drawn.tolist())) > LOTS * 0.8


def test_without_options_nothing_is_adjusted_and_fairness_costs_nothing() -> None:
    round_ = a_round({(1, 1): 5_000, (2, 1): 6_000}, applications=[an_open_application(3)])
    assert solve_round(round_) == solve_round(round_, Options(fairness=0, proposals=1, seed=0), Adjustments())


def test_ids_that_differ_in_one_half_only_get_different_lots() -> None:
    assert application_id(1).int >> 64 == offer_id(1).int >> 64
    drawn = lots(problem_of(a_round({(asking, 1): 1 for asking in range(64)})), 1)
    assert len(set(drawn.tolist())) > 55
