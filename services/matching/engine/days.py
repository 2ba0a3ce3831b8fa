"""Choosing a mode and days that suit both sides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.matching.engine.values import Candidate, Days, Plan, Request
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
    free = free_stretches(request.window, candidate.windows, candidate.booked)
    for mode in modes_to_try(request, candidate):
        days = choose(free, LIMITS[mode], candidate.days_a_year)
        if days is not None:
            return Plan(mode, days, sum(stretch.length for stretch in free))
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


def free_stretches(wanted: Days, windows: Iterable[Days], booked: Iterable[Days]) -> tuple[Days, ...]:
    """The stretches of the wanted days that lie in the windows and are not booked, in their order."""
    free = without_booked(windows, booked)
    return tuple(days for stretch in free if (days := stretch.overlap(wanted)) is not None)


def without_booked(windows: Iterable[Days], booked: Iterable[Days]) -> list[Days]:
    """The stretches of days that lie in the windows and are not booked, in their order."""
    free = _merged(windows)
    for taken in booked:
        free = [rest for days in free for rest in _without(days, taken)]
    return free


def choose(free: Sequence[Days], limit: Limit, most_days: int | None) -> Days | None:
    """The usual length from the earliest Monday; else from the earliest day; else the longest that is possible."""
    longest = limit.longest if most_days is None else min(limit.longest, most_days)
    usual = min(limit.usual, longest)
    if usual < limit.shortest:
        return None
    for start_on_monday in (True, False):
        for stretch in free:
            wait = (7 - stretch.first.weekday()) % 7 if start_on_monday else 0
            days = Days.starting(stretch.first + timedelta(days=wait), usual)
            if days.last <= stretch.last:
                return days
    best = max(free, key=lambda stretch: stretch.length, default=None)
    if best is None or best.length < limit.shortest:
        return None
    return Days.starting(best.first, min(best.length, longest))


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
