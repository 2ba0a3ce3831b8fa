"""A coordinator pins and bans pairs, and the rest is solved around that."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Pair, Round
from shared.primitives.errors import Invalid
from tests.builders.rounds import a_round, an_open_application, an_open_offer, application_id, offer_id, pair
from tests.unit.matching.rounds.instances import breaches, highest_worth, options, pairs_of, rounds, worth


def adjusted(pins: set[Pair] | None = None, bans: set[Pair] | None = None) -> Adjustments:
    return Adjustments(frozenset(pins or ()), frozenset(bans or ()))


def refusal(round_: Round, adjustments: Adjustments, **chosen: int) -> list[tuple[str, str]]:
    """Where and why these adjustments are refused."""
    with pytest.raises(Invalid) as refused:
        solve_round(round_, Options(**chosen), adjustments)
    return [(one.pointer, one.code) for one in refused.value.fields]


@settings(max_examples=300)
@given(rounds(), options(), st.data())
def test_the_best_of_what_pins_and_bans_allow_is_found(round_: Round, chosen: Options, data: st.DataObject) -> None:
    known = [(one.application_id, one.offer_id) for one in round_.pairings]
    possible = [pin for pin in known if is_possible(round_, pin)]
    pins = data.draw(st.sets(st.sampled_from(possible), max_size=1)) if possible else set()
    bans = data.draw(st.sets(st.sampled_from(known))) - pins
    result = solve_round(round_, chosen, adjusted(pins, bans))
    assert breaches(round_, result.assignments, chosen) == []
    assert pins <= set(pairs_of(result))
    assert bans.isdisjoint(pairs_of(result))
    assert {(one.application_id, one.offer_id) for one in result.assignments if one.pinned} == pins
    assert worth(round_, pairs_of(result), chosen) == highest_worth(round_, chosen, adjusted(pins, bans))


def is_possible(round_: Round, pin: Pair) -> bool:
    return any(one.offer_id == pin[1] and one.capacity for one in round_.offers)


def test_a_pin_takes_the_place_of_whoever_had_it() -> None:
    round_ = a_round({(1, 1): 9_000, (2, 1): 4_000, (1, 2): 3_000})
    assert pairs_of(solve_round(round_)) == [pair(1, 1)]
    assert pairs_of(solve_round(round_, None, adjusted({pair(2, 1)}))) == [pair(1, 2), pair(2, 1)]


def test_a_pin_stays_whatever_the_fairness_term_asks_for_it() -> None:
    round_ = a_round({(1, 1): 1_000}, offers=[an_open_offer(1, load=9)])
    result = solve_round(round_, Options(fairness=0.5), adjusted({pair(1, 1)}))
    assert pairs_of(result) == [pair(1, 1)]
    assert result.report.charged == 50_000


def test_later_exchanges_of_a_pinned_expert_cost_the_next_steps() -> None:
    round_ = a_round({(1, 1): 1_000, (2, 1): 3_900}, offers=[an_open_offer(1, capacity=2)])
    chosen = Options(fairness=0.2)
    assert pairs_of(solve_round(round_, chosen)) == [pair(2, 1)]
    assert pairs_of(solve_round(round_, chosen, adjusted({pair(1, 1)}))) == [pair(1, 1)]


def test_a_banned_pair_gives_way_to_the_next_best() -> None:
    round_ = a_round({(1, 1): 9_000, (1, 2): 3_000})
    assert pairs_of(solve_round(round_, None, adjusted(bans={pair(1, 1)}))) == [pair(1, 2)]


def test_a_ban_of_a_pair_that_was_no_candidate_changes_nothing() -> None:
    round_ = a_round({(1, 1): 9_000, (2, 2): 3_000})
    assert solve_round(round_, None, adjusted(bans={pair(1, 2)})) == solve_round(round_)


def test_everything_can_be_banned() -> None:
    result = solve_round(a_round({(1, 1): 9_000}), None, adjusted(bans={pair(1, 1)}))
    assert result.assignments == ()
    assert result.report.kept == 1.0


def test_a_pin_of_a_pair_that_is_no_candidate_is_refused() -> None:
    round_ = a_round({(1, 1): 9_000, (2, 2): 3_000}, offers=[an_open_offer(3)])
    assert refusal(round_, adjusted({pair(1, 2)})) == [("/pins/0", "not-a-candidate")]
    assert refusal(round_, adjusted({pair(1, 3)})) == [("/pins/0", "not-a-candidate")]
    assert refusal(round_, adjusted({pair(2, 1)})) == [("/pins/0", "not-a-candidate")]


@pytest.mark.parametrize("capacity", [0, 1])
def test_pins_beyond_the_capacity_of_an_offer_are_refused(capacity: int) -> None:
    round_ = a_round({(1, 1): 9_000, (2, 1): 3_000}, offers=[an_open_offer(1, capacity=capacity)])
    refused = [("/pins/0", "beyond-capacity"), ("/pins/1", "beyond-capacity")]
    assert refusal(round_, adjusted({pair(1, 1), pair(2, 1)})) == refused[capacity:]


def test_pins_beyond_the_proposals_of_an_application_are_refused() -> None:
    round_ = a_round({(1, 1): 9_000, (1, 2): 3_000, (1, 3): 1_000})
    pins = adjusted({pair(1, 1), pair(1, 2), pair(1, 3)})
    assert refusal(round_, pins) == [("/pins/1", "beyond-proposals"), ("/pins/2", "beyond-proposals")]
    assert refusal(round_, pins, proposals=2) == [("/pins/2", "beyond-proposals")]


def test_pins_of_one_application_to_two_offers_of_an_expert_are_refused() -> None:
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    round_ = a_round({(1, 1): 9_000, (1, 2): 3_000}, offers=offers)
    assert refusal(round_, adjusted({pair(1, 1), pair(1, 2)}), proposals=2) == [("/pins/1", "same-expert")]


def test_a_pin_that_is_banned_too_is_refused() -> None:
    assert refusal(a_round({(1, 1): 9_000}), adjusted({pair(1, 1)}, {pair(1, 1)})) == [("/pins/0", "banned-too")]


@pytest.mark.parametrize("what", ["pins", "bans"])
def test_adjustments_of_what_is_not_in_the_round_are_refused(what: str) -> None:
    round_ = a_round({(1, 1): 9_000}, applications=[an_open_application(2)])
    unknown = {pair(1, 7), pair(8, 1)}
    assert refusal(round_, adjusted(**{what: unknown})) == [(f"/{what}/0", "unknown"), (f"/{what}/1", "unknown")]


def test_a_refusal_names_the_pair_and_what_stands_in_the_way() -> None:
    round_ = a_round({(1, 1): 9_000, (2, 1): 3_000})
    with pytest.raises(Invalid, match=f"Offer {offer_id(1)} has 1 places left") as refused:
        solve_round(round_, None, adjusted({pair(1, 1), pair(2, 1)}))
    assert refused.value.code == "round-pins"
    assert str(application_id(1)) not in refused.value.detail
