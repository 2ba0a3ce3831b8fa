"""What people do with a survey."""

from dataclasses import dataclass
from uuid import UUID

from services.evaluation import rules, storage
from services.evaluation.rules import Deed, surveys
from services.evaluation.rules.answers import Answers, alerts, require_complete, submitted_event
from services.evaluation.rules.instruments import INSTRUMENTS
from services.evaluation.rules.surveys import SurveyState
from services.evaluation.rules.views import SurveyView, survey_view
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import require


@dataclass(frozen=True, slots=True)
class AnswerSurvey:
    """Answer a survey, whole and once."""

    survey_id: UUID
    answers: Answers


@dataclass(frozen=True, slots=True)
class WaiveSurvey:
    """Excuse the respondent; the reason is a code."""

    survey_id: UUID
    reason: str


async def answer_survey(work: UnitOfWork, command: AnswerSurvey) -> SurveyView:
    """Store the answers; alert the coordinator to each bad rating of a day."""
    survey = await storage.lock_survey(work.connection, command.survey_id)
    require(rules.may(work.actor, Deed.ANSWER_SURVEY, survey), Deed.ANSWER_SURVEY)
    surveys.require_answerable(survey, work.today)
    require_complete(INSTRUMENTS[survey.kind, survey.version], command.answers)
    submitted = surveys.moved(survey, SurveyState.SUBMITTED)
    await storage.save_surveys(work.connection, [submitted])
    await storage.insert_answers(work.connection, survey.survey_id, command.answers, work.now)
    ratings = command.answers.ratings
    for event in (submitted_event(submitted, ratings), *alerts(submitted, ratings)):
        work.announce(event, case=survey.application_id)
    names = await storage.names_of(work.connection, [survey.respondent_id])
    return survey_view(submitted, command.answers, names)


async def waive_survey(work: UnitOfWork, command: WaiveSurvey) -> SurveyView:
    """Excuse a respondent who has not answered."""
    survey = await storage.lock_survey(work.connection, command.survey_id)
    require(rules.may(work.actor, Deed.WAIVE_SURVEY, survey), Deed.WAIVE_SURVEY)
    waived = surveys.waived(survey, command.reason)
    rules.require_code("/reason", command.reason)
    await storage.save_surveys(work.connection, [waived])
    work.announce(surveys.waived_event(waived), case=survey.application_id)
    return survey_view(waived, None, await storage.names_of(work.connection, [survey.respondent_id]))
