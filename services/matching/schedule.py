"""What matching does when the time comes."""

from datetime import timedelta

from services.matching import use_cases
from shared.hosting.schedule import Due, Schedule

SCHEDULE: Schedule = (
    Due("supersede lost proposals", every=timedelta(seconds=2), use_case=use_cases.supersede_lost_proposals),
    Due("retry unmatched", every=timedelta(seconds=20), use_case=use_cases.retry_unmatched),
    Due("publish rounds", every=timedelta(seconds=1), use_case=use_cases.publish_next),
    Due("remind of proposals", every=timedelta(minutes=1), use_case=use_cases.remind_of_proposals),
    Due("expire proposals", every=timedelta(minutes=1), use_case=use_cases.expire_proposals),
    Due("close calls", every=timedelta(minutes=1), use_case=use_cases.close_calls),
    Due("forget changes of offers", every=timedelta(minutes=10), use_case=use_cases.forget_changes),
    Due("keep past answers", every=timedelta(hours=1), use_case=use_cases.keep_past_answers),
)
