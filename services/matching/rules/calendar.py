"""Working days: Monday to Friday. Public holidays are not known here, so a deadline may be generous, never short."""

from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether offices are open, as far as weekdays tell."""
    return day.weekday() < SATURDAY


def add_working_days(day: date, count: int) -> date:
    """The `count`th working day after `day`."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
