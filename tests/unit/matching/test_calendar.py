"""Working days."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.rules.calendar import add_working_days, is_working_day


@pytest.mark.parametrize(
    ("day", "tenth"),
    [
        (date(2026, 3, 2), date(2026, 3, 16)),  # a Monday
        (date(2026, 3, 6), date(2026, 3, 20)),  # a Friday
        (date(2026, 3, 7), date(2026, 3, 20)),  # a Saturday
        (date(2026, 3, 8), date(2026, 3, 20)),  # a Sunday
    ],
)
def test_ten_working_days_are_two_weeks(day: date, tenth: date) -> None:
    assert add_working_days(day, 10) == tenth


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
def test_the_result_is_a_working_day_with_that_many_before_it(day: date, count: int) -> None:
    result = add_working_days(day, count)
    between = [date.fromordinal(number) for number in range(day.toordinal() + 1, result.toordinal() + 1)]
    assert is_working_day(result)
    assert sum(map(is_working_day, between)) == count
