"""What evaluation does: for an event, for a person, or because a day has come."""

from services.evaluation.use_cases.actions import AgreeAction, agree_action
from services.evaluation.use_cases.exchanges import (
    ask_after,
    ask_before,
    ask_daily,
    cancel_exchange,
    keep_association,
    keep_days,
    keep_organisation,
)
from services.evaluation.use_cases.practices import (
    CheckPractice,
    DraftPractice,
    RevisePractice,
    check_practice,
    draft_practice,
    revise_practice,
)
from services.evaluation.use_cases.surveys import AnswerSurvey, WaiveSurvey, answer_survey, waive_survey
from services.evaluation.use_cases.timetable import analyse_surveys, close_surveys, remind_respondents

__all__ = [
    "AgreeAction",
    "AnswerSurvey",
    "CheckPractice",
    "DraftPractice",
    "RevisePractice",
    "WaiveSurvey",
    "agree_action",
    "analyse_surveys",
    "answer_survey",
    "ask_after",
    "ask_before",
    "ask_daily",
    "cancel_exchange",
    "check_practice",
    "close_surveys",
    "draft_practice",
    "keep_association",
    "keep_days",
    "keep_organisation",
    "remind_respondents",
    "revise_practice",
    "waive_survey",
]
