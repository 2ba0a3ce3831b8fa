"""What stands in codes: numbers, and letters where nothing else is known. A wrong number is None and breaks nothing."""

import re
from collections.abc import Callable

MOST_DIGITS = 9  # more is no number that anybody means
_DECIMAL = re.compile(rf"[0-9]{{1,{MOST_DIGITS}}}(\.[0-9]{{1,{MOST_DIGITS}}})?")


def whole(value: str) -> int | None:
    """The whole number that a value is."""
    return int(value) if value.isascii() and value.isdigit() and len(value) <= MOST_DIGITS else None


def decimal(value: str) -> float | None:
    """The number that a value is, with a point before its decimals."""
    return float(value) if _DECIMAL.fullmatch(value) else None


def counted(value: str, say: Callable[[int], str]) -> str | None:
    """What is said of the whole number that a value is; None for any other value."""
    number = whole(value)
    return None if number is None else say(number)


def letters(code: str) -> str:
    """An unknown code for people: its letters."""
    return code.replace("-", " ")
