"""How likely an offerer is to agree, from few answers."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine import days
from services.matching.engine.acceptance import Answers, acceptance, drawn, expectations, of_others, once_more
from services.matching.engine.search import explain
from services.matching.engine.values import Ranked, Scale
from tests.builders.matching import a_candidate, a_request


def ranked(scale: Scale, **answers: int) -> Ranked:
    request, candidate = a_request(), a_candidate(**answers)
    plan = days.plan(request, candidate)
    assert plan is not None
    return explain(request, candidate, plan, scale)


def test_where_nobody_has_answered_agreement_is_expected_and_takes_nothing() -> None:
    one = ranked(Scale())
    assert one.score == sum(each.points for each in one.contributions)
    assert "acceptance" not in [each.factor for each in one.contributions]


def test_a_refusal_costs_a_fifth_of_the_score_and_says_so() -> None:
    before, after = ranked(Scale()), ranked(Scale(), answered=1)
    lost = after.contributions[-1]
    assert (lost.factor, lost.because) == ("acceptance", ("answers:1", "accepted:0"))
    assert after.score == pytest.approx(before.score * 4 / 5, abs=0.01)
    assert round(before.score + lost.points, 2) == after.score


def test_few_answers_count_as_the_country_would_have_answered() -> None:
    everybody, by_country = expectations({"NL": Answers(100, 40), "KH": Answers(1, 0)})
    assert everybody == drawn(101, 40, 1.0)
    assert by_country["NL"] == pytest.approx(0.40, abs=0.01)
    assert by_country["KH"] == pytest.approx(everybody * 4 / 5)
    usual = ranked(Scale(expected=everybody, expected_in=by_country), answered=0)
    assert usual.score == pytest.approx(ranked(Scale()).score * by_country["NL"], abs=0.01)


def test_few_answers_count_as_other_offers_of_the_organisation_were_answered() -> None:
    declined = a_candidate(answered=1, accepted=0)
    scale = Scale(expected_in={"NL": 0.5}, of_organisations={declined.organisation_id: Answers(11, 2)})
    agrees = acceptance(declined, scale)
    assert agrees == pytest.approx((4 * (2 + 4 * 0.5) / (10 + 4)) / 5)


def test_what_rests_on_other_offers_of_the_organisation_says_so() -> None:
    own = a_candidate()
    request = a_request()
    plan = days.plan(request, own)
    assert plan is not None
    scale = Scale(of_organisations={own.organisation_id: Answers(4, 1)})
    one = explain(request, own, plan, scale)
    assert one.contributions[-1].because == (
        "answers:0",
        "accepted:0",
        "answers-for-others:4",
        "accepted-for-others:1",
    )
    again, then = once_more(own, scale)
    assert (again.answered, of_others(again, then)) == (1, Answers(4, 1))


def test_an_offer_that_is_the_only_one_of_its_organisation_is_drawn_toward_its_country() -> None:
    own = a_candidate(answered=6, accepted=3)
    scale = Scale(expected_in={"NL": 0.5}, of_organisations={own.organisation_id: Answers(6, 3)})
    assert acceptance(own, scale) == drawn(6, 3, 0.5)


def test_nobody_anywhere_is_expected_to_agree() -> None:
    assert expectations({}) == (1.0, {})


@given(st.integers(0, 50), st.integers(0, 50), st.floats(0, 1))
def test_an_estimate_is_a_probability_between_the_share_and_what_is_expected(
    one: int, other: int, expected: float
) -> None:
    answered, accepted = one + other, one
    estimate = drawn(answered, accepted, expected)
    bounds = sorted((expected, accepted / answered if answered else expected))
    assert bounds[0] - 1e-9 <= estimate <= bounds[1] + 1e-9


def test_estimates_of_few_answers_are_better_calibrated_than_the_raw_shares() -> None:
    """Brier's score: the mean squared difference between the estimate and what then happened; 0 is perfect."""
    random, raw, shrunk = Random(4), [], []
    offerers = [(random.betavariate(6, 4), random.randint(1, 6)) for _ in range(4000)]
    told = [(sum(random.random() < chance for _ in range(asked)), asked) for chance, asked in offerers]
    everybody, _ = expectations({"": Answers(sum(n for _, n in told), sum(yes for yes, _ in told))})
    for (chance, _), (accepted, answered) in zip(offerers, told, strict=True):
        agrees = random.random() < chance
        raw.append((accepted / answered - agrees) ** 2)
        shrunk.append((drawn(answered, accepted, everybody) - agrees) ** 2)
    assert sum(shrunk) / len(shrunk) < 0.92 * sum(raw) / len(raw)
