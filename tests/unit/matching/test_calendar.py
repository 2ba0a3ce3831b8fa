"""Working days of two countries at once."""

import subprocess
import sys
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.calendar import is_working_day, working_days
from shared.vocabulary.countries import COUNTRIES


def days(month: int, *numbers: int, year: int = 2026) -> list[date]:
    return [date(year, month, number) for number in numbers]


@pytest.mark.parametrize(
    ("day", "tenth"),
    [
        (date(2026, 3, 9), date(2026, 3, 23)),  # a Monday
        (date(2026, 3, 13), date(2026, 3, 27)),  # a Friday
        (date(2026, 3, 14), date(2026, 3, 27)),  # a Saturday
        (date(2026, 3, 15), date(2026, 3, 27)),  # a Sunday
    ],
)
def test_without_holidays_ten_working_days_are_two_weeks(day: date, tenth: date) -> None:
    assert working_days(day, 10, ("NL", "ES"))[-1] == tenth


def test_a_holiday_of_either_side_is_no_day_to_answer() -> None:
    """6 March is Ghana's day of independence, 27 April the birthday of the king of the Netherlands."""
    for holiday in days(3, 6) + days(4, 27):
        assert holiday not in working_days(holiday - timedelta(days=3), 10, ("GH", "NL"))
        assert holiday not in working_days(holiday - timedelta(days=3), 10, ("NL", "GH"))
    assert is_working_day(date(2026, 3, 6), ["NL"])
    assert is_working_day(date(2026, 4, 27), ["GH"])


def test_weekends_that_differ_leave_the_days_that_both_work() -> None:
    """In Egypt Friday and Saturday are free, in Iceland Saturday and Sunday."""
    assert list(working_days(date(2026, 2, 7), 8, ("EG", "IS"))) == days(2, 9, 10, 11, 12, 16, 17, 18, 19)
    assert list(working_days(date(2026, 2, 7), 5, ("EG", "EG"))) == days(2, 8, 9, 10, 11, 12)


def test_a_year_s_end_is_looked_up_in_both_years() -> None:
    """1 January 2028 is a Saturday: the United States keep it on the Friday before, which is in another year."""
    assert list(working_days(date(2027, 12, 30), 1, ("NL", "NL"))) == days(12, 31, year=2027)
    assert list(working_days(date(2027, 12, 30), 2, ("NL", "US"))) == days(1, 3, 4, year=2028)


def test_the_turn_of_the_year_is_free_where_either_side_is_off() -> None:
    """Cambodia works at Christmas, Iceland not; both are off on 1 January; Cambodia on 7 January, too."""
    found = working_days(date(2026, 12, 22), 10, ("KH", "IS"))
    assert list(found) == days(12, 23, 24, 28, 30, 31) + days(1, 4, 5, 6, 8, 11, year=2027)


def test_a_saturday_that_makes_up_for_a_bridge_is_a_working_day() -> None:
    """China moved 14 February 2026 into the week before its new year."""
    assert is_working_day(date(2026, 2, 14), ["CN"])
    assert not is_working_day(date(2026, 2, 14), ["CN", "KH"])


def test_in_a_country_that_the_package_lacks_monday_to_friday_count() -> None:
    assert list(working_days(date(2026, 12, 24), 3, ("ZZ", "ZZ"))) == days(12, 25, 28, 29)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60), st.sampled_from(sorted(COUNTRIES)))
def test_the_result_are_all_the_days_that_count_in_their_order(day: date, count: int, country: str) -> None:
    found = working_days(day, count, (country, "IR"))
    between = [day + timedelta(days=number) for number in range(1, (found[-1] - day).days + 1)]
    assert list(found) == [one for one in between if is_working_day(one, [country]) and is_working_day(one, ["IR"])]
    assert len(found) == count


def test_the_calendars_are_loaded_by_the_first_who_asks() -> None:
    """Breaks when every process of matching pays for them, also those that publish nothing."""
    code = "import sys, services.matching.wiring; sys.exit('holidays' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
