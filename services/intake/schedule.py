"""What intake does when the time comes."""

from datetime import timedelta

from services.intake.use_cases import offers
from shared.hosting.schedule import Due, Schedule

SCHEDULE: Schedule = (Due("expire offers", every=timedelta(hours=1), use_case=offers.expire_offers),)
