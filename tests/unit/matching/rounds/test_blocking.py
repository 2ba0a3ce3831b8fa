"""Blocking pairs are told: both sides would rather have each other than what they have."""

from hypothesis import given, settings

from services.matching.engine.rounds.results import Blocking, BlockingPair
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Pair, Round
from tests.builders.rounds import a_round, an_open_offer, application_id, offer_id, pair
from tests.unit.matching.rounds.instances import options, pairs_of, rounds


def blocking(round_: Round, adjustments: Adjustments | None = None, **chosen: float) -> Blocking:
    return solve_round(round_, Options(**chosen), adjustments).report.blocking


def block(asking: int, given: int, score: int, gains: tuple[int, int]) -> BlockingPair:
    return BlockingPair(application_id(asking), offer_id(given), score, gains)


def test_a_pair_that_the_best_sum_parts_blocks() -> None:
    round_ = a_round({(1, 1): 9_000, (1, 2): 8_000, (2, 1): 8_900, (2, 2): 1_000})
    assert blocking(round_) == Blocking(1, (block(1, 1, 9_000, (1_000, 100)),))


def test_a_pair_of_which_one_side_would_lose_does_not_block() -> None:
    """The application would like the offer better, which has a better one; the other way round for the second."""
    assert blocking(a_round({(1, 1): 9_000, (2, 1): 8_000, (2, 2): 7_000})).count == 0


def test_equal_scores_do_not_block() -> None:
    assert blocking(a_round({(1, 1): 9_000, (2, 1): 9_000})).count == 0


def test_a_place_that_the_fairness_term_leaves_empty_blocks() -> None:
    round_ = a_round({(1, 1): 5_000}, offers=[an_open_offer(1, load=3)])
    assert blocking(round_, fairness=0.2) == Blocking(1, (block(1, 1, 5_000, (5_000, 5_000)),))


def test_banned_pairs_and_full_offers_do_not_block() -> None:
    bans = Adjustments(bans=frozenset({pair(1, 1)}))
    assert blocking(a_round({(1, 1): 9_000, (1, 2): 1_000}), bans).count == 0
    assert blocking(a_round({(1, 1): 9_000}, offers=[an_open_offer(1, capacity=0)])).count == 0


def test_the_second_offer_of_an_expert_is_taken_for_the_first() -> None:
    """The application may have two, but not two of this expert: it would give up 50 points for 60."""
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    round_ = a_round({(1, 1): 5_000, (1, 2): 6_000}, offers=offers)
    pins = Adjustments(pins=frozenset({pair(1, 1)}))
    assert blocking(round_, pins, proposals=2) == Blocking(1, (block(1, 2, 6_000, (1_000, 6_000)),))


def test_the_largest_gains_are_listed_and_all_are_counted() -> None:
    scores = {(asking, given): 5_000 + 100 * asking for asking in range(4) for given in range(2)}
    round_ = a_round(scores, offers=[an_open_offer(given, load=9) for given in range(2)])
    found = blocking(round_, fairness=0.5, listed=3)
    assert found.count == 8
    assert [(one.application_id, one.offer_id) for one in found.pairs] == [pair(3, 0), pair(3, 1), pair(2, 0)]
    assert blocking(round_, fairness=0.5, listed=0) == Blocking(8, ())


def oracle(round_: Round, chosen: list[Pair], options: Options) -> set[Pair]:
    """The definition, pair by pair."""
    offers = {one.offer_id: one for one in round_.offers}
    scores = {(one.application_id, one.offer_id): one.score for one in round_.pairings}
    found = set()
    for asking, offer in scores.keys() - set(chosen):
        has = [one for one in chosen if one[0] == asking]
        same_expert = [one for one in has if offers[one[1]].member_id == offers[offer].member_id]
        gives_up = same_expert or (has if len(has) == options.proposals else [])
        takers = [one for one in chosen if one[1] == offer]
        displaces = takers if len(takers) == offers[offer].capacity else []
        score = scores[asking, offer]
        better = score > min((scores[one] for one in gives_up), default=0)
        wanted = score > min((scores[one] for one in displaces), default=0)
        if better and wanted and offers[offer].capacity:
            found.add((asking, offer))
    return found


@settings(max_examples=200)
@given(rounds(most=5), options())
def test_exactly_the_pairs_of_the_definition_are_told(round_: Round, chosen: Options) -> None:
    result = solve_round(round_, chosen)
    told = result.report.blocking
    assert told.count == len(told.pairs)
    assert {(one.application_id, one.offer_id) for one in told.pairs} == oracle(round_, pairs_of(result), chosen)
