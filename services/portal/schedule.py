"""What the portal does by the clock. Sessions and reminders come with the accounts."""

from datetime import timedelta

from services.portal import use_cases
from shared.hosting.schedule import Due, Schedule

SCHEDULE: Schedule = (Due("note topics", timedelta(minutes=10), use_cases.note_topics),)
