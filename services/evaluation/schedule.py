"""What evaluation does when the time comes."""

from datetime import timedelta

from services.evaluation import use_cases
from shared.hosting.schedule import Due, Schedule

SCHEDULE: Schedule = (
    Due("remind respondents", every=timedelta(minutes=1), use_case=use_cases.remind_respondents),
    Due("close surveys", every=timedelta(minutes=1), use_case=use_cases.close_surveys),
    Due("analyse surveys", every=timedelta(minutes=5), use_case=use_cases.analyse_surveys),
)
