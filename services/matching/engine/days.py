"""Choosing a mode and days that suit both sides."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from services.matching.engine.values import UNLIMITED, Candidate, Days, Plan, Request, Stretch
from shared.primitives.terms import Mode


@dataclass(frozen=True, slots=True)
class Limit:
    """How many days a mode may take, and how many are proposed where nothing stands in the way."""

    shortest: int
    usual: int
    longest: int


# 12 days are two working weeks with the weekend between them.
LIMITS = {
    Mode.EXPERT_MISSION: Limit(2, 5, 5),
    Mode.INTERNSHIP: Limit(5, 12, 20),
    Mode.ROUND_TABLE: Limit(1, 2, 5),
    Mode.STUDY_VISIT: Limit(2, 5, 5),
}
ONE_DAY = timedelta(days=1)


def plan(request: Request, candidate: Candidate) -> Plan | None:
    """The first mode, in the order of advice, for which days can be found; None if there is none."""
    free = [part for one in free_stretches(candidate) if (part := one.within(request.window)) is not None]
    for mode in modes_to_try(request, candidate):
        days = choose(free, LIMITS[mode])
        if days is not None:
            return Plan(mode, days, sum(stretch.days.length for stretch in free))
    return None


def modes_to_try(request: Request, candidate: Candidate) -> tuple[Mode, ...]:
    """The mode that was asked for; or, where advice was asked for, those of the offer, the most suitable first."""
    if request.mode is not None:
        return (request.mode,)
    return tuple(mode for mode in advised(request.participants) if mode in candidate.modes)


def advised(participants: int) -> tuple[Mode, ...]:
    """Modes by suitability: one or two people can be placed, up to five can travel, and an expert can come to many."""
    if participants <= 2:
        return (Mode.INTERNSHIP, Mode.EXPERT_MISSION, Mode.STUDY_VISIT, Mode.ROUND_TABLE)
    if participants <= 5:
        return (Mode.STUDY_VISIT, Mode.EXPERT_MISSION, Mode.ROUND_TABLE, Mode.INTERNSHIP)
    return (Mode.EXPERT_MISSION, Mode.ROUND_TABLE, Mode.STUDY_VISIT, Mode.INTERNSHIP)


def free_stretches(candidate: Candidate) -> list[Stretch]:
    """The stretches of an offer's windows that are not booked, in their order.

    What is booked of a year counts against the days that the expert gives in one. A year of which something is booked
    is by itself: an exchange begins and ends in it or does not touch it. One whose days are all given has none free.
    """
    free = without_booked(candidate.windows, candidate.booked)
    most = UNLIMITED if candidate.days_a_year is None else min(candidate.days_a_year, UNLIMITED)
    if candidate.booked and most < UNLIMITED:
        return _limited(free, _by_year(candidate.booked), most)
    return [Stretch(days, most) for days in free]


def without_booked(windows: Sequence[Days], booked: Iterable[Days]) -> list[Days]:
    """The stretches of days that lie in the windows and are not booked, in their order."""
    free = _merged(windows) if len(windows) > 1 else list(windows)
    for taken in booked:
        free = [rest for days in free for rest in _without(days, taken)]
    return free


def choose(free: Sequence[Stretch], limit: Limit) -> Days | None:
    """The usual length from the earliest Monday; else from the earliest day; else the longest that is possible."""
    enough = [(stretch, min(limit.usual, stretch.most)) for stretch in free if stretch.most >= limit.shortest]
    for start_on_monday in (True, False):
        for stretch, usual in enough:
            free_from = stretch.days.first
            wait = (7 - free_from.weekday()) % 7 if start_on_monday else 0
            days = Days.starting(free_from + timedelta(days=wait), usual)
            if days.last <= stretch.days.last:
                return days
    best = max(free, key=lambda stretch: stretch.longest, default=None)
    if best is None or best.longest < limit.shortest:
        return None
    return Days.starting(best.days.first, min(best.longest, limit.longest))


def _by_year(booked: Iterable[Days]) -> dict[int, int]:
    """How many days of each calendar year are booked."""
    taken: dict[int, int] = {}
    for days in booked:
        for year in range(days.first.year, days.last.year + 1):
            whole = _year(year)
            length = (min(days.last, whole.last) - max(days.first, whole.first)).days + 1
            taken[year] = taken.get(year, 0) + length
    return taken


def _limited(free: Iterable[Days], taken: Mapping[int, int], most: int) -> list[Stretch]:
    """The stretches, parted where a year begins or ends of which days are taken, each with what is left there."""
    limited, years = [], [(_year(year), most - number) for year, number in sorted(taken.items())]
    for days in free:
        first = days.first
        for year, left in years:
            if first > year.last or days.last < year.first:
                continue
            if first < year.first:
                limited.append(Stretch(Days(first, year.first - ONE_DAY), most))
            if left > 0:
                limited.append(Stretch(Days(max(first, year.first), min(days.last, year.last)), left))
            if days.last <= year.last:
                break
            first = year.last + ONE_DAY
        else:
            limited.append(Stretch(Days(first, days.last), most))
    return limited


@lru_cache(maxsize=256)
def _year(number: int) -> Days:
    return Days(date(number, 1, 1), date(number, 12, 31))


def _merged(windows: Iterable[Days]) -> list[Days]:
    merged: list[Days] = []
    for window in sorted(windows):
        if merged and window.first <= merged[-1].last + ONE_DAY:
            merged[-1] = Days(merged[-1].first, max(merged[-1].last, window.last))
        else:
            merged.append(window)
    return merged


def _without(days: Days, taken: Days) -> list[Days]:
    if days.overlap(taken) is None:
        return [days]
    rest = []
    if days.first < taken.first:
        rest.append(Days(days.first, taken.first - ONE_DAY))
    if taken.last < days.last:
        rest.append(Days(taken.last + ONE_DAY, days.last))
    return rest
