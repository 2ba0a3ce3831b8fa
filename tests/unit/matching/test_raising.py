"""What would raise a score is tried, not guessed."""

from dataclasses import replace
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine import days
from services.matching.engine.raising import raises
from services.matching.engine.search import explain, search
from services.matching.engine.values import Candidate, Days, Ranked, Request, Scale
from shared.events.matching import Raise
from shared.primitives.terms import Level
from tests.builders.market import Market
from tests.builders.matching import EARLIEST, LATEST, a_candidate, a_request


def scored(request: Request, candidate: Candidate, scale: Scale) -> Ranked:
    plan = days.plan(request, candidate)
    assert plan is not None
    return explain(request, candidate, plan, scale)


def gains(request: Request, scale: Scale | None = None, **candidate: Any) -> dict[str, float]:
    scale = scale or Scale()
    ranked = scored(request, a_candidate(**candidate), scale)
    return {one.code: one.points for one in raises(request, ranked, scale)}


def test_a_missing_theme_would_give_its_part() -> None:
    request = a_request(themes=frozenset({"sanitation", "waste"}))
    assert gains(request)["theme:waste"] == 8.0  # half of the 4 tenths that themes are of 40 points


def test_a_purpose_of_the_sector_would_give_the_other_half() -> None:
    assert gains(a_request(), dac=frozenset({"14050"}))["dac:14032"] == 6.0


def test_a_language_helps_up_to_the_level_of_the_other_side_only() -> None:
    request = a_request(languages={"en": Level.C1, "fr": Level.B1})
    assert gains(request, languages={"en": Level.B2})["language:en:C1"] == 2.0
    assert not [code for code in gains(request, languages={"en": Level.C1}) if code.startswith("language")]


def test_more_free_days_help_while_the_choice_is_small() -> None:
    few = (Days(EARLIEST, date(2026, 5, 22)),)
    assert gains(a_request(), windows=few)[f"days:{Days(EARLIEST, LATEST).length}"] == 3.75


def test_an_answer_helps_those_who_have_refused() -> None:
    assert "accepted:1" not in gains(a_request())
    assert gains(a_request(), Scale(expected=0.5), answered=3, accepted=0)["accepted:1"] > 5


def test_the_greatest_gain_comes_first_and_nothing_is_promised_twice() -> None:
    request = a_request(themes=frozenset({"sanitation", "waste"}), sdgs=frozenset({6, 11}))
    ranked = scored(request, a_candidate(years_in_role=3), Scale())
    found = raises(request, ranked, Scale())
    assert list(found) == sorted(found, key=lambda one: (-one.points, one.code))
    assert len({one.code for one in found}) == len(found) > 3


def test_the_best_offer_that_there_can_be_has_nothing_to_gain() -> None:
    perfect = a_candidate(
        place=a_request().place, languages={"en": Level.C1}, ratings=0, windows=(Days(EARLIEST, LATEST),)
    )
    request = a_request(same_country=True)
    found = raises(request, scored(request, perfect, Scale(mean_rating=5.0)), Scale(mean_rating=5.0))
    assert [one for one in found if one.code != "rating:5"] == []


@given(st.integers(0, 10_000))
def test_what_is_promised_is_what_comes(seed: int) -> None:
    market, scale = Market(seed), Scale(mean_rating=3.0, expected=0.7)
    request, offers = market.request(), list(market.offers(12))
    for ranked in search(request, offers, scale, top=3).ranked:
        for one in raises(request, ranked, scale):
            assert isinstance(one, Raise)
            assert one.points > 0
            kind, _, value = one.code.partition(":")
            if kind == "theme":
                better = replace(ranked.candidate, themes=ranked.candidate.themes | {value})
                assert round(scored(request, better, scale).score - ranked.score, 2) == one.points
