"""The days of a proposal suit both sides and respect the limits of the mode."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.days import LIMITS, plan
from services.matching.engine.values import Days
from shared.primitives.terms import Mode
from tests.builders.matching import a_candidate, a_request

MAY_1 = date(2026, 5, 1)


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


stretches = st.tuples(st.integers(1, 60), st.integers(0, 25)).map(lambda pair: may(pair[0], pair[0] + pair[1]))


@given(
    window=stretches,
    windows=st.lists(stretches, max_size=4).map(tuple),
    booked=st.lists(stretches, max_size=4).map(tuple),
    mode=st.sampled_from(Mode),
    days_a_year=st.none() | st.integers(0, 30),
)
def test_days_are_found_exactly_when_there_are_any(
    window: Days, windows: tuple[Days, ...], booked: tuple[Days, ...], mode: Mode, days_a_year: int | None
) -> None:
    candidate = a_candidate(windows=windows, booked=booked, days_a_year=days_a_year, modes=(mode,))
    found = plan(a_request(mode=mode, window=window), candidate)
    free = days_in([window]) & days_in(windows) - days_in(booked)
    limit = LIMITS[mode]
    if found is None:
        possible = days_a_year is None or limit.shortest <= days_a_year
        shortest_runs = ({day + timedelta(days=n) for n in range(limit.shortest)} for day in free)
        assert not (possible and any(run <= free for run in shortest_runs))
    else:
        assert days_in([found.days]) <= free
        assert limit.shortest <= found.days.length <= min(limit.longest, days_a_year or limit.longest)
        assert found.free == len(free)


def days_in(stretches: object) -> set[date]:
    assert isinstance(stretches, list | tuple)
    return {days.first + timedelta(days=n) for days in stretches for n in range(days.length)}
