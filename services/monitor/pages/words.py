"""Figures and times in words that an operator reads at a glance. English, times in UTC."""

from datetime import datetime, timedelta

MINUTE, HOUR, DAY = 60, 3600, 86_400
NO_VALUE = "–"


def number(value: float) -> str:
    """`1234567` → `1,234,567`; fractions with one digit."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def duration(seconds: float | None) -> str:
    """A span of time in its largest units: `0.4 s`, `12 s`, `3 min 20 s`, `5 h 2 min`, `12 d 4 h`."""
    if seconds is None:
        return NO_VALUE
    size = abs(seconds)
    sign = "−" if seconds < 0 else ""
    if size < 10:
        return f"{sign}{size:.1f} s" if size else "0 s"
    whole = round(size)
    if whole < MINUTE:
        return f"{sign}{whole} s"
    for unit, name, part, part_name in ((DAY, "d", HOUR, "h"), (HOUR, "h", MINUTE, "min"), (MINUTE, "min", 1, "s")):
        if whole >= unit:
            count, rest = divmod(whole, unit)
            return f"{sign}{count} {name}" + (f" {rest // part} {part_name}" if rest // part else "")
    raise AssertionError("unreachable")


def ago(moment: datetime | None, now: datetime) -> str:
    """How long ago: `12 s ago`, `just now`, `never` for None."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    return "just now" if seconds < 1 else f"{duration(round(seconds))} ago"


def clock(moment: datetime) -> str:
    """`14:02:31`."""
    return f"{moment:%H:%M:%S}"


def day_and_time(moment: datetime | None) -> str:
    """`22 Nov 2026, 14:02:31`."""
    return NO_VALUE if moment is None else f"{moment.day} {moment:%b %Y, %H:%M:%S}"


def within(bound: float | None) -> str:
    """The class that nine in ten fall into: `up to 6 h`, or `over 90 d` beyond the last bound."""
    return "over 90 d" if bound is None else f"up to {duration(bound)}"


def plural(count: int, one: str, many: str) -> str:
    """`1 case`, `3 cases`."""
    return f"{number(count)} {one if count == 1 else many}"


def stale(moment: datetime | None, now: datetime, seconds: float = 30) -> bool:
    """Whether what was seen then is too old to be trusted now."""
    return moment is None or now - moment > timedelta(seconds=seconds)
