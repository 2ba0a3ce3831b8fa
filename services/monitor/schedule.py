"""What monitor does when the time comes."""

from datetime import timedelta

from services.monitor import use_cases
from shared.hosting.schedule import Due, Schedule

SCHEDULE: Schedule = (Due("forget old statistics", timedelta(minutes=10), use_cases.forget_old_statistics),)
