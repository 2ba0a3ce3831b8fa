"""What the portal does by the clock: nothing of its own yet. Sessions and reminders come with the accounts."""

from shared.hosting.schedule import Schedule

SCHEDULE: Schedule = ()
