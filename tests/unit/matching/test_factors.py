"""What each factor adds to a score, and why."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.matching.engine import days
from services.matching.engine.search import explain
from services.matching.engine.values import Candidate, Days, Place, Ranked, Request, Scale, Weights
from shared.events.matching import Contribution
from shared.primitives.terms import Level, Mode, Position
from tests.builders.matching import EARLIEST, LATEST, a_candidate, a_request


def scored(request: Request, candidate: Candidate, scale: Scale | None = None) -> Ranked:
    plan = days.plan(request, candidate)
    assert plan is not None
    return explain(request, candidate, plan, scale or Scale())


def factor(name: str, request: Request | None = None, **candidate: Any) -> Contribution:
    ranked = scored(request or a_request(), a_candidate(**candidate))
    return next(one for one in ranked.contributions if one.factor == name)


def test_all_that_is_asked_for_gives_all_points_for_knowledge() -> None:
    contribution = factor("knowledge")
    assert contribution.points == contribution.out_of == 40
    assert contribution.because == ("theme:sanitation", "dac:14032", "sdg:6")


def test_half_of_the_themes_gives_half_of_their_part() -> None:
    request = a_request(themes=frozenset({"sanitation", "waste"}))
    assert factor("knowledge", request).points == 40 * (4 * 0.5 + 3 + 3) / 10


def test_a_purpose_of_the_same_sector_counts_half() -> None:
    contribution = factor("knowledge", dac=frozenset({"14050"}))
    assert contribution.points == 40 * (4 + 3 * 0.5 + 3) / 10
    assert "dac-sector:140" in contribution.because


def test_what_the_application_does_not_name_does_not_count_against_anybody() -> None:
    assert factor("knowledge", a_request(sdgs=frozenset(), dac=frozenset())).points == 40


def test_nothing_named_counts_half_and_says_so() -> None:
    request = a_request(themes=frozenset(), sdgs=frozenset(), dac=frozenset())
    contribution = factor("knowledge", request)
    assert (contribution.points, contribution.because) == (20, ("need:unknown",))


@pytest.mark.parametrize(
    ("position", "years", "points", "because"),
    [
        (Position.ENGINEER, 10, 25, "position:engineer"),
        (Position.ENGINEER, 25, 25, "position:engineer"),
        (Position.ENGINEER, 0, 15, "position:engineer"),
        (Position.PLANNER, 10, 17.5, "position-family:technical"),
        (Position.MAYOR, 5, 5, "years:5"),
    ],
)
def test_position_and_years_count(position: Position, years: int, points: float, because: str) -> None:
    contribution = factor("position", position=position, years_in_role=years)
    assert contribution.points == points
    assert because in contribution.because


@pytest.mark.parametrize(
    ("place", "points"),
    [
        (Place("TG", 80_000, 1, "002", "011"), 15),
        (Place("KE", 80_000, 1, "002", "014"), 15 * (0.4 + 0.35 + 0.25 * 0.5)),
        (Place("NL", 80_000, 3, "150", "155"), 15 * (0.4 + 0.35 / 3)),
        (Place("NL", 9_000_000, 3, "150", "155"), 15 * (0.4 / 3 + 0.35 / 3)),
    ],
)
def test_comparable_places_count(place: Place, points: float) -> None:
    assert factor("context", place=place).points == pytest.approx(points, abs=0.0051)


def test_what_is_not_known_of_a_place_counts_half_and_says_so() -> None:
    contribution = factor("context", place=Place("AQ"))
    assert contribution.points == 7.5
    assert contribution.because == ("population:unknown", "income:unknown", "region:unknown")


def test_a_wish_for_this_peer_is_said() -> None:
    candidate = a_candidate()
    ranked = scored(a_request(preferred=frozenset({candidate.organisation_id})), candidate)
    assert "preferred" in {code for one in ranked.contributions for code in one.because}


@pytest.mark.parametrize(("level", "points"), [(Level.B2, 7), (Level.C1, 9), (Level.C2, 10)])
def test_the_better_the_shared_language_the_more_points(level: Level, points: float) -> None:
    contribution = factor("language", a_request(languages={"en": level}))
    assert (contribution.points, contribution.because) == (points, ("language:en",))


def test_interpretation_gives_fewer_points_than_any_shared_language() -> None:
    contribution = factor("language", a_request(languages={}, interpretation=True))
    assert (contribution.points, contribution.because) == (3, ("interpretation",))


def test_without_ratings_an_expert_stands_at_the_mean() -> None:
    ranked = scored(a_request(), a_candidate(), Scale(mean_rating=3.0))
    availability = ranked.contributions[-1]
    assert availability.points == 5 + 5 * (3 - 1) / 4
    assert availability.because == ("days:26", "rating:none")


def test_few_ratings_move_an_expert_less_than_many() -> None:
    one, many = (factor("availability", ratings=n, rating=5.0).points for n in (1, 40))
    assert factor("availability").points < one < many < 10


def test_a_narrow_choice_of_days_gives_fewer_points() -> None:
    narrow = factor("availability", windows=(Days(EARLIEST, Days.starting(EARLIEST, 5).last),))
    assert narrow.points < factor("availability", windows=(Days(EARLIEST, LATEST),)).points


@pytest.mark.parametrize("weights", [{"knowledge": 41}, {"knowledge": -40, "position": 105}, {"luck": 1}])
def test_weights_that_are_negative_unknown_or_do_not_add_up_are_refused(weights: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Weights.model_validate(weights)


levels = st.sampled_from([Level.B2, Level.C1, Level.C2])
places = st.builds(
    Place,
    st.sampled_from(["NL", "KH"]),
    st.none() | st.integers(0, 20_000_000),
    st.none() | st.integers(0, 3),
    st.none() | st.sampled_from(["002", "150"]),
    st.none() | st.sampled_from(["011", "155"]),
)
codes = st.frozensets(st.sampled_from(["14032", "14050", "15110"]))


@given(
    place=places,
    other=places,
    wanted=codes,
    offered=codes,
    level=levels,
    position=st.sampled_from(Position),
    years=st.integers(0, 60),
    ratings=st.integers(0, 50),
    rating=st.floats(1, 5),
    weights=st.lists(st.floats(0, 1), min_size=5, max_size=5).filter(any),
)
def test_contributions_add_up_and_stay_within_their_weights(
    place: Place,
    other: Place,
    wanted: frozenset[str],
    offered: frozenset[str],
    level: Level,
    position: Position,
    years: int,
    ratings: int,
    rating: float,
    weights: list[float],
) -> None:
    names = ("knowledge", "position", "context", "language", "availability")
    parts = {name: 100 * weight / sum(weights) for name, weight in zip(names, weights, strict=True)}
    candidate = a_candidate(
        place=other, dac=offered, position=position, years_in_role=years, ratings=ratings, rating=rating
    )
    request = a_request(place=place, dac=wanted, languages={"en": level}, mode=Mode.STUDY_VISIT)
    ranked = scored(request, candidate, Scale(Weights(**parts)))
    assert ranked.score == pytest.approx(sum(one.points for one in ranked.contributions), abs=1e-6)
    assert all(0 <= one.points <= one.out_of + 0.005 for one in ranked.contributions)
    assert [one.factor for one in ranked.contributions] == list(names)
