"""Each hard filter lets a suitable pair pass and stops an unsuitable one, by itself."""

from datetime import date
from uuid import UUID

import pytest

from services.matching.engine.filters import FILTERS, obstacles, shared_languages
from services.matching.engine.values import Candidate, Days, Place, Request
from shared.primitives.terms import Level, Mode
from tests.builders.matching import EARLIEST, LATEST, a_candidate, a_request

HERE, THERE, EXPERT = UUID(int=1), UUID(int=2), UUID(int=3)
Pair = tuple[Request, Candidate]

STOPPED: dict[str, Pair] = {
    "inactive": (a_request(), a_candidate(active=False)),
    "own-organisation": (a_request(organisation_id=HERE), a_candidate(organisation_id=HERE)),
    "excluded": (a_request(excluded=frozenset({THERE})), a_candidate(organisation_id=THERE)),
    "same-country": (a_request(), a_candidate(place=Place("GH", 90_000, 1, "002", "011"))),
    "answers-another": (a_request(application_id=HERE), a_candidate(answers=THERE)),
    "earlier-proposal": (a_request(refused=frozenset({EXPERT})), a_candidate(offer_id=EXPERT)),
    "knowledge": (a_request(), a_candidate(themes=frozenset({"tourism"}), dac=frozenset({"33210"}))),
    "mode": (a_request(mode=Mode.INTERNSHIP), a_candidate(modes=(Mode.EXPERT_MISSION,))),
    "language": (a_request(languages={"en": Level.B1, "fr": Level.C2}), a_candidate()),
    "window": (a_request(), a_candidate(windows=(Days(date(2026, 6, 12), date(2026, 12, 31)),))),
    "capacity": (a_request(), a_candidate(capacity=2, reserved=2)),
}
PASSES: dict[str, Pair] = {
    "inactive": (a_request(), a_candidate(active=True)),
    "own-organisation": (a_request(organisation_id=HERE), a_candidate(organisation_id=THERE)),
    "excluded": (a_request(excluded=frozenset({HERE})), a_candidate(organisation_id=THERE)),
    "same-country": (a_request(same_country=True), a_candidate(place=Place("GH", 90_000, 1, "002", "011"))),
    "answers-another": (a_request(application_id=HERE), a_candidate(answers=HERE)),
    "earlier-proposal": (a_request(refused=frozenset({HERE})), a_candidate(offer_id=EXPERT)),
    "knowledge": (a_request(), a_candidate(themes=frozenset({"tourism"}))),
    "mode": (a_request(mode=Mode.STUDY_VISIT), a_candidate()),
    "language": (a_request(languages={"en": Level.B2}), a_candidate(languages={"en": Level.B2})),
    "window": (a_request(), a_candidate(windows=(Days(date(2026, 6, 11), date(2026, 12, 31)),))),
    "capacity": (a_request(), a_candidate(capacity=2, reserved=1)),
}


def test_every_filter_is_tried_both_ways() -> None:
    assert set(STOPPED) == set(PASSES) == set(FILTERS)


@pytest.mark.parametrize("name", FILTERS)
def test_an_unsuitable_pair_is_stopped_by_this_filter_alone(name: str) -> None:
    assert obstacles(*STOPPED[name]) == (name,)


@pytest.mark.parametrize("name", FILTERS)
def test_a_pair_that_barely_suits_passes(name: str) -> None:
    assert obstacles(*PASSES[name]) == ()


def test_interpretation_stands_in_for_a_shared_language() -> None:
    assert obstacles(a_request(languages={"ak": Level.C2}, interpretation=True), a_candidate()) == ()


def test_a_language_counts_at_the_level_of_whoever_speaks_it_less_well() -> None:
    request = a_request(languages={"en": Level.C2, "fr": Level.B2, "nl": Level.B1})
    candidate = a_candidate(languages={"en": Level.B2, "fr": Level.C2, "nl": Level.C2})
    assert shared_languages(request, candidate) == {"en": Level.B2, "fr": Level.B2}


def test_any_mode_of_the_offer_will_do_where_advice_is_asked_for() -> None:
    assert obstacles(a_request(mode=None), a_candidate(modes=(Mode.ROUND_TABLE,))) == ()


def test_an_offer_without_a_mode_suits_nobody() -> None:
    assert obstacles(a_request(mode=None), a_candidate(modes=())) == ("mode", "window")


@pytest.mark.parametrize(("themes", "dac"), [({"sanitation"}, {"33210"}), ({"tourism"}, {"14032"})])
def test_a_shared_theme_or_a_shared_purpose_is_enough(themes: set[str], dac: set[str]) -> None:
    assert obstacles(a_request(), a_candidate(themes=frozenset(themes), dac=frozenset(dac))) == ()


def test_an_answer_to_the_application_need_not_share_a_theme() -> None:
    answer = a_candidate(answers=HERE, themes=frozenset({"tourism"}), dac=frozenset())
    assert obstacles(a_request(application_id=HERE), answer) == ()


def test_an_offer_without_a_window_never_fits() -> None:
    assert obstacles(a_request(), a_candidate(windows=())) == ("window",)


def test_days_on_which_the_expert_is_booked_do_not_fit() -> None:
    assert obstacles(a_request(), a_candidate(booked=(Days(EARLIEST, LATEST),))) == ("window",)


def test_all_obstacles_are_named_not_only_the_first() -> None:
    candidate = a_candidate(active=False, capacity=0, languages={})
    assert obstacles(a_request(), candidate) == ("inactive", "language", "capacity")
