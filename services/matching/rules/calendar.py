"""Working days by the calendars of countries: their weekends and public holidays, as the package `holidays` has them.

A day counts between two countries only if it is a working day in both. Of a country we know no more than its code, so
holidays of its parts don't count. In a country that the package lacks, Monday to Friday are working days. Holidays that
follow the moon are known for coming years as estimates; a decree that moves one is known with the next version of the
package.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from math import ceil

SATURDAY = 5
# The last day that is reckoned with: whatever is added to it, a stay or 90 days to relax, there is a date for it.
LAST_DAY = date(9998, 12, 31)
ONE_DAY = timedelta(days=1)


def is_working_day(day: date, countries: Iterable[str]) -> bool:
    """Whether offices are open in all of these countries (ISO 3166-1 alpha-2)."""
    return all(day not in _days_off(country, day.year) for country in countries)


def working_days(after: date, count: int, countries: Iterable[str]) -> tuple[date, ...]:
    """The first `count` working days after a day, that day not included, in all of these countries at once."""
    shared = frozenset(countries)
    found: list[date] = []
    while len(found) < count:
        after += ONE_DAY
        if is_working_day(after, shared):
            found.append(after)
    return tuple(found)


def soonest(today: date, answer_days: int) -> date:
    """The first day for an exchange that is proposed today: after the days to answer, counted as weeks of five.

    Holidays can make the days to answer end later than that; a proposal whose days come before is void.
    """
    return today + timedelta(weeks=ceil(answer_days / 5))


@lru_cache(maxsize=1024)  # about 10 kB each: the countries of two years and more
def _days_off(country: str, year: int) -> frozenset[date]:
    """Weekends and holidays of one country in one year, without Saturdays that are worked to make up for a bridge.

    Each year is asked for by itself, so that a holiday which is kept on the last day of the year before is found there.
    """
    import holidays  # noqa: PLC0415  # a sixth of a second and 19 MB, which only who publishes needs

    first = date(year, 1, 1)
    days = (first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days))
    try:
        calendar = holidays.country_holidays(country, years=year, expand=False)
    except NotImplementedError:
        return frozenset(day for day in days if day.weekday() >= SATURDAY)
    return frozenset(day for day in days if not calendar.is_working_day(day))
