"""The time of day as a value that is passed in, so that a test can move it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The current time with its zone (UTC)."""
    return datetime.now(UTC)
