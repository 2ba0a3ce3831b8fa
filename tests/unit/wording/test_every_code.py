"""Every code that matching has is said in words in every language; whoever adds one without words fails here."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine import days
from services.matching.engine.factors import FACTORS
from services.matching.engine.filters import FILTERS
from services.matching.engine.raising import raises
from services.matching.engine.relaxing import Relaxation
from services.matching.engine.search import explain
from services.matching.engine.values import Candidate, Days, Favour, Place, Ranked, Request, Scale
from shared.events.matching import Raise
from shared.primitives.terms import Level, Position
from shared.wording.against import against
from shared.wording.codes import letters
from shared.wording.raising import raised
from shared.wording.reasons import factor_name, filter_name, reason
from shared.wording.relaxing import RELAXATIONS, relaxation_name, would_pass
from shared.wording.speech import LANGUAGES, Speech, speech
from tests.builders.matching import EARLIEST, a_candidate, a_request

PREFERRED = UUID(int=1)
FEW_DAYS = (Days(EARLIEST, date(2026, 5, 22)),)
KINDS_OF_REASONS = {
    "theme", "sdg", "dac", "dac-sector", "need", "position", "position-family", "years", "population-bands-apart",
    "population", "income-groups-apart", "income", "subregion", "region", "preferred", "language", "interpretation",
    "days", "rating", "answers", "accepted",
    "first-timer", "south-south",
}  # fmt: skip
KINDS_OF_GAINS = {"theme", "sdg", "dac", "language", "years", "days", "rating", "accepted"}
ODD_NUMBERS = ("", "²", "٣", "-1", "1.5.2", "nan", "inf", "1e400", "9" * 5000, "9" * 400 + ".5", ":", "%", "%(number)s")


def ranked(request: Request, candidate: Candidate) -> Ranked:
    plan = days.plan(request, candidate)
    assert plan is not None
    return explain(request, candidate, plan, Scale(expected=0.5, favour=Favour(first_timers=2.5, south_south=1)))


def pairs() -> Iterator[tuple[Request, Candidate]]:
    """Pairs that between them have every kind of reason, and every kind of gain."""
    nearby = a_candidate(place=Place("TG", 30_000, 0, "002", "011"), rating=4.6, ratings=2, answered=3, accepted=1)
    yield a_request(preferred=frozenset({PREFERRED})), a_candidate(organisation_id=PREFERRED)
    yield a_request(), nearby
    yield a_request(), a_candidate(place=Place("KE", 900_000, 1, "002", "014"), position=Position.PLANNER)
    yield a_request(), a_candidate(place=Place("ZZ"), dac=frozenset({"14022"}))
    yield a_request(interpretation=True), a_candidate(languages={"fr": Level.C2})
    yield a_request(themes=frozenset(), dac=frozenset(), sdgs=frozenset()), a_candidate(answers=None)
    wishes = a_request(
        themes=frozenset({"sanitation", "waste"}), dac=frozenset({"14032", "14050"}), sdgs=frozenset({6, 11})
    )
    yield wishes, a_candidate(years_in_role=3, windows=FEW_DAYS, languages={"en": Level.B2}, answered=3)


def kind(code: str) -> str:
    return code.partition(":")[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_filter_is_said_in_few_words_and_in_a_sentence(language: str) -> None:
    spoken = speech(language)
    for code in FILTERS:
        assert filter_name(spoken, code) != letters(code)
        assert against(spoken, code).endswith(".")
    assert len({against(spoken, code) for code in FILTERS}) == len(FILTERS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_factor_and_every_reason_is_said(language: str) -> None:
    found = [one for pair in pairs() for one in ranked(*pair).contributions]
    assert {one.factor for one in found} == {*FACTORS, "acceptance", "fairness"}
    assert {kind(code) for one in found for code in one.because} == KINDS_OF_REASONS
    for one in found:
        assert factor_name(speech(language), one.factor) != letters(one.factor)
        for code in one.because:
            assert reason(speech(language), code) not in {letters(code), letters(code.partition(":")[2])}


@pytest.mark.parametrize(("language", "begins"), [("en", "If "), ("es", "Si "), ("fr", "Si ")])
def test_every_gain_is_said_as_a_condition(language: str, begins: str) -> None:
    gains = [
        one
        for request, candidate in pairs()
        for one in raises(request, ranked(request, candidate), Scale(expected=0.5))
    ]
    assert {kind(one.code) for one in gains} == KINDS_OF_GAINS
    for one in gains:
        assert raised(speech(language), one).startswith(begins)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_relaxation_is_said(language: str) -> None:
    assert set(RELAXATIONS) == set(Relaxation)
    for code in RELAXATIONS:
        assert relaxation_name(speech(language), code) != letters(code)
        assert would_pass(speech(language), [code], 2).endswith(".")


def all_that_can_be_said(spoken: Speech, code: str) -> list[str]:
    return [
        reason(spoken, code),
        factor_name(spoken, code),
        filter_name(spoken, code),
        against(spoken, code),
        raised(spoken, Raise(code=code, points=1)),
        relaxation_name(spoken, code),
        would_pass(spoken, [code], 1),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", sorted({*KINDS_OF_REASONS, *KINDS_OF_GAINS}))
def test_a_wrong_number_keeps_its_letters_and_breaks_nothing(language: str, known: str) -> None:
    for odd in ODD_NUMBERS:
        assert all(isinstance(said, str) for said in all_that_can_be_said(speech(language), f"{known}:{odd}"))
    assert reason(speech(language), "years:²") == "²"
    assert "²" in raised(speech(language), Raise(code="years:²", points=1))


@given(st.text(), st.text())
def test_whatever_a_newer_matching_says_breaks_nothing(one: str, other: str) -> None:
    for language in LANGUAGES:
        for code in (one, f"{one}:{other}", f"sdg:{other}", f"language:{one}:{other}"):
            assert all(isinstance(said, str) for said in all_that_can_be_said(speech(language), code))


def test_an_unknown_code_keeps_its_letters() -> None:
    spoken = speech("en")
    assert filter_name(spoken, "brand-new") == against(spoken, "brand-new") == "brand new"
    assert raised(spoken, Raise(code="brand-new:some-thing", points=5)) == "Some thing: 5 points more."
    assert raised(spoken, Raise(code="language:fr:Z9", points=5)) == "Fr:Z9: 5 points more."
    assert would_pass(spoken, ["brand-new"], 2) == "With “brand new”, 2 offers would pass."
