"""The days of a proposal suit both sides and respect the limits of the mode."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.days import LIMITS, plan
from services.matching.engine.values import Days
from shared.primitives.terms import Mode
from tests.builders.matching import a_candidate, a_request

MAY_1, DECEMBER_1 = date(2026, 5, 1), date(2026, 12, 1)


def may(first: int, last: int) -> Days:
    """Days counted from the first of May 2026, a Friday."""
    return Days(MAY_1 + timedelta(days=first - 1), MAY_1 + timedelta(days=last - 1))


def the_days(mode: Mode = Mode.EXPERT_MISSION, **candidate: object) -> Days | None:
    found = plan(a_request(mode=mode, window=may(1, 31)), a_candidate(modes=tuple(Mode), **candidate))
    return found.days if found else None


@pytest.mark.parametrize(
    ("mode", "days"),
    [
        (Mode.EXPERT_MISSION, may(4, 8)),
        (Mode.STUDY_VISIT, may(4, 8)),
        (Mode.ROUND_TABLE, may(4, 5)),
        (Mode.INTERNSHIP, may(4, 15)),
    ],
)
def test_the_usual_length_starts_on_the_first_monday(mode: Mode, days: Days) -> None:
    assert the_days(mode) == days


def test_another_weekday_is_taken_where_no_monday_leaves_room() -> None:
    assert the_days(windows=(may(5, 10),)) == may(5, 9)


def test_a_short_stretch_gives_a_short_exchange() -> None:
    assert the_days(windows=(may(6, 8),)) == may(6, 8)


def test_too_short_a_stretch_gives_none() -> None:
    assert the_days(windows=(may(6, 6),)) is None


def test_booked_days_are_left_out() -> None:
    assert the_days(booked=(may(4, 8),)) == may(11, 15)


def test_windows_that_meet_count_as_one() -> None:
    assert the_days(windows=(may(4, 6), may(7, 8))) == may(4, 8)


def test_the_expert_gives_no_more_days_than_a_year_allows() -> None:
    assert the_days(days_a_year=3) == may(4, 6)
    assert the_days(days_a_year=1) is None
    assert the_days(days_a_year=None) == may(4, 8)


@pytest.mark.parametrize(
    ("participants", "mode"), [(2, Mode.INTERNSHIP), (5, Mode.STUDY_VISIT), (6, Mode.EXPERT_MISSION)]
)
def test_advice_depends_on_how_many_take_part(participants: int, mode: Mode) -> None:
    found = plan(a_request(mode=None, participants=participants), a_candidate(modes=tuple(Mode)))
    assert found is not None
    assert found.mode is mode


def test_advice_goes_to_the_next_mode_where_days_are_short() -> None:
    found = plan(a_request(mode=None, participants=2, window=may(4, 6)), a_candidate(modes=tuple(Mode)))
    assert found is not None
    assert (found.mode, found.days) == (Mode.EXPERT_MISSION, may(4, 6))


def december(first: int, last: int) -> Days:
    """Days counted from the first of December 2026; from 32 on they are in 2027."""
    return Days(DECEMBER_1 + timedelta(days=first - 1), DECEMBER_1 + timedelta(days=last - 1))


def test_what_is_booked_of_a_year_counts_against_its_days() -> None:
    assert the_days(days_a_year=12, booked=(may(20, 24),)) == may(4, 8)
    assert the_days(days_a_year=8, booked=(may(20, 24),)) == may(4, 6)
    assert the_days(days_a_year=6, booked=(may(20, 24),)) is None
    assert the_days(days_a_year=5, booked=(may(20, 24),)) is None
    assert the_days(days_a_year=4, booked=(may(20, 24),)) is None


def test_each_year_has_its_days() -> None:
    in_summer = december(-150, -143)
    found = plan(
        a_request(mode=Mode.EXPERT_MISSION, window=december(1, 60)),
        a_candidate(booked=(in_summer,), days_a_year=8, windows=(december(1, 60),)),
    )
    assert found is not None
    assert found.days == december(35, 39)  # the first Monday of 2027
    assert found.free == 29  # of 2026, none


def test_the_earliest_days_come_first_whichever_year_is_booked() -> None:
    assert the_winter_days(booked=(december(70, 72),), windows=(december(1, 90),)) == december(7, 11)


def test_a_short_stretch_of_a_year_with_days_left_beats_a_long_one_of_a_year_without() -> None:
    assert the_winter_days(booked=(december(-150, -144),), windows=(december(1, 34),)) == december(32, 34)


def the_winter_days(**candidate: object) -> Days | None:
    """Of an expert who gives eight days a year."""
    request = a_request(mode=Mode.EXPERT_MISSION, window=december(1, 90))
    found = plan(request, a_candidate(days_a_year=8, **candidate))
    return found.days if found else None


def test_an_exchange_over_the_turn_of_the_year_counts_in_both() -> None:
    over = december(30, 33)
    for days, left in ((6, 4), (5, 3), (4, 2), (3, None)):
        for window in (december(1, 20), december(40, 60)):
            found = plan(
                a_request(mode=Mode.EXPERT_MISSION, window=window),
                a_candidate(booked=(over,), days_a_year=days, windows=(december(1, 60),)),
            )
            assert (found.days.length if found else None) == left


stretches = st.tuples(st.integers(1, 60), st.integers(0, 25)).map(lambda pair: december(pair[0], pair[0] + pair[1]))


@given(
    window=stretches,
    windows=st.lists(stretches, max_size=4).map(tuple),
    booked=st.lists(stretches, max_size=3).map(tuple),
    mode=st.sampled_from(Mode),
    days_a_year=st.none() | st.integers(0, 60),
)
def test_days_are_found_exactly_when_there_are_any(
    window: Days, windows: tuple[Days, ...], booked: tuple[Days, ...], mode: Mode, days_a_year: int | None
) -> None:
    candidate = a_candidate(windows=windows, booked=booked, days_a_year=days_a_year, modes=(mode,))
    found = plan(a_request(mode=mode, window=window), candidate)
    free = days_in([window]) & days_in(windows) - days_in(booked)
    taken = Counter(day.year for days in booked for day in days_in([days]))

    def is_possible(run: set[date]) -> bool:
        years = {day.year for day in run}
        if days_a_year is None:
            return run <= free
        alone = len(years) == 1 or not any(taken[year] for year in years)
        return run <= free and alone and all(len(run) + taken[year] <= days_a_year for year in years)

    limit = LIMITS[mode]
    if found is None:
        assert not any(is_possible(days_in([Days.starting(day, limit.shortest)])) for day in free)
    else:
        assert is_possible(days_in([found.days]))
        assert limit.shortest <= found.days.length <= limit.longest
        given_away = {year for year, number in taken.items() if days_a_year is not None and number >= days_a_year}
        assert found.free == len([day for day in free if day.year not in given_away])


def days_in(stretches: object) -> set[date]:
    assert isinstance(stretches, list | tuple)
    return {days.first + timedelta(days=n) for days in stretches for n in range(days.length)}
