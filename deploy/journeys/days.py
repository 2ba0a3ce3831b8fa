"""Days in scripts: real ones, or counted from the day on which the script is played."""

import re
from datetime import date, timedelta

_COUNTED = re.compile(r"(today|monday)(?: ([+-]) ([0-9]{1,4}) days)?")


def day_of(written: object, today: date) -> date:
    """The day of `2018-09-10`, `today - 60 days` or `monday + 70 days`, where monday begins the week of `today`.

    Raises ValueError for anything else.
    """
    if isinstance(written, date):
        return written
    counted = _COUNTED.fullmatch(str(written))
    if not counted:
        raise ValueError(f"{written!r} is no day: write 2018-09-10, 'today - 60 days' or 'monday + 70 days'")
    start = today if counted[1] == "today" else today - timedelta(days=today.weekday())
    days = int(counted[3] or 0)
    return start - timedelta(days=days) if counted[2] == "-" else start + timedelta(days=days)
