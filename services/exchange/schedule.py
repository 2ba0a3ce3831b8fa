"""What this service does when its time comes: nothing, since every step of an exchange is somebody's decision."""

from shared.hosting.schedule import Schedule

SCHEDULE: Schedule = ()
