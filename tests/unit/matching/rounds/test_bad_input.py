"""What can't be a round is refused with a sentence that says where and why."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import ValidationError

from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Options, Pairing, Round
from shared.primitives.errors import Invalid
from tests.builders.rounds import a_round, an_open_application, an_open_offer, application_id, offer_id, pairings


def refusal(round_: Round) -> Invalid:
    with pytest.raises(Invalid) as refused:
        solve_round(round_)
    return refused.value


def fields(round_: Round) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in refusal(round_).fields]


ROUND = a_round({(1, 1): 5_000, (2, 1): 6_000, (2, 2): 7_000})


def test_a_round_without_applications_is_refused() -> None:
    assert refusal(Round((), ROUND.offers, ())).code == "round-without-applications"


def test_a_round_without_candidates_is_refused() -> None:
    assert refusal(replace(ROUND, pairings=())).code == "round-without-candidates"
    assert refusal(Round(ROUND.applications, (), ())).code == "round-without-candidates"


@pytest.mark.parametrize("score", [-1, 10_001, float("nan"), float("inf"), 5.0, 10**30, None, "5", True])
def test_a_score_that_is_no_whole_number_up_to_a_full_score_is_refused(score: Any) -> None:
    wrong = Pairing(application_id(1), offer_id(2), score)
    assert fields(replace(ROUND, pairings=[*ROUND.pairings, wrong])) == [("/pairings/3/score", "not-a-score")]


@pytest.mark.parametrize("field", ["capacity", "load"])
@pytest.mark.parametrize("value", [-1, 1.5, float("nan"), None, 10**7])
def test_a_capacity_or_a_load_that_is_no_count_is_refused(field: str, value: Any) -> None:
    offers = [an_open_offer(1), an_open_offer(2, **{field: value})]
    assert fields(replace(ROUND, offers=offers)) == [(f"/offers/1/{field}", "not-a-count")]


def test_pairings_of_what_is_not_in_the_round_are_refused() -> None:
    more = pairings({(9, 1): 1, (1, 1): 1})
    assert fields(replace(ROUND, pairings=[*ROUND.pairings, more[0]])) == [("/pairings/3/application_id", "unknown")]
    assert fields(replace(ROUND, offers=ROUND.offers[:1])) == [("/pairings/2/offer_id", "unknown")]


def test_what_is_there_twice_is_refused() -> None:
    asking, offers, pairs = ROUND.applications, ROUND.offers, ROUND.pairings
    assert fields(Round([*asking, asking[0]], offers, pairs)) == [("/applications/2", "double")]
    assert fields(Round(asking, [*offers, offers[1]], pairs)) == [("/offers/2", "double")]
    assert fields(Round(asking, offers, [*pairs, pairs[1]._replace(score=1)])) == [("/pairings/3", "double")]


@pytest.mark.parametrize("difference", [{"load": 1}, {"south": True}, {"first_timer": True}])
def test_offers_that_disagree_about_their_expert_are_refused(difference: dict[str, Any]) -> None:
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1, **difference)]
    assert fields(replace(ROUND, offers=offers)) == [("/offers/1", "expert-differs")]


def test_of_many_problems_the_first_are_told() -> None:
    round_ = a_round({(asking, 1): -1 for asking in range(50)})
    refused = refusal(round_)
    assert len(refused.fields) == 20
    assert "/pairings/0/score: -1 is no whole number from 0 to 10000." in refused.detail


def test_a_round_too_large_to_count_exactly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is lowered: the smallest round beyond the real one has a hundred million pairings."""
    monkeypatch.setattr("services.matching.engine.rounds.adjusting.LIMIT", 10**6)
    assert refusal(ROUND).code == "round-too-large"


@pytest.mark.parametrize(
    "wrong", [{"proposals": 0}, {"proposals": 21}, {"seed": -1}, {"seed": 2**63}, {"listed": -1}, {"other": 1}]
)
def test_options_out_of_their_range_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Options(**wrong)


def test_an_offer_without_a_pairing_may_be_anything_that_an_offer_can_be() -> None:
    spare = an_open_offer(3, expert=1, capacity=0)
    assert solve_round(replace(ROUND, offers=[*ROUND.offers, spare])) == solve_round(ROUND)


def test_the_whole_load_of_an_expert_may_be_high() -> None:
    busy = [replace(one, load=1_000_000) for one in ROUND.offers]
    assert len(solve_round(replace(ROUND, offers=busy)).assignments) == 2
    assert solve_round(replace(ROUND, offers=busy), Options(fairness=1)).assignments == ()


def test_applications_alone_are_enough_where_one_has_a_candidate() -> None:
    asking = [*ROUND.applications, an_open_application(7)]
    assert len(solve_round(replace(ROUND, applications=asking)).assignments) == 2
