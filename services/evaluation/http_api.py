"""Evaluation's API: each route parses, runs one use case or query, and replies."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.evaluation import queries, use_cases
from services.evaluation.rules.answers import Answers, Rated
from services.evaluation.rules.practices import Lesson
from services.evaluation.rules.views import ActionView, PracticeView, ResultsView, SurveySummary, SurveyView
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter(prefix="/v1")

MOST_ITEMS = 100  # far above any instrument; keeps a hostile body from costing much


class RatingBody(Body):
    """One item of a survey, rated from 1 (poor) to 5 (very good)."""

    item: str
    value: Annotated[int, Field(strict=True)]


class AnswersBody(Body):
    """All answers to a survey at once. GET the survey to see its items."""

    ratings: Annotated[tuple[RatingBody, ...], Field(max_length=MOST_ITEMS)] = ()
    texts: dict[str, str] = Field(default_factory=dict, max_length=MOST_ITEMS)
    baseline: float | None = Field(
        default=None, strict=True, description="today's value of the application's baseline number"
    )


class ReasonBody(Body):
    """Why, as a code such as `respondent-unreachable`: it is announced to other services."""

    reason: str


class ActionBody(Body):
    """What will be done, by which member, until when."""

    owner_id: UUID
    what: str
    due: date


class PracticeBody(Body):
    """A practice. What did not work is required: others learn most from it."""

    title: str
    title_language: str = Field(description="BCP 47")
    what_worked: str
    what_did_not: str
    evidence: str = Field(description="what shows it: figures, documents, links")


class CheckBody(Body):
    """The association's word; a return needs a reason, as a code."""

    decision: Literal["publish", "return"]
    reason: str | None = None


@router.get("/exchanges/{exchange_id}/surveys")
async def list_surveys(exchange_id: UUID, call: Call) -> list[SurveySummary]:
    """The surveys of an exchange, without their answers."""
    return await call.read(queries.surveys, exchange_id)


@router.get("/surveys/{survey_id}")
async def show_survey(survey_id: UUID, call: Call) -> SurveyView:
    """One survey: what it asks, and what was answered."""
    return await call.read(queries.survey, survey_id)


@router.post("/surveys/{survey_id}/answers")
async def answer_survey(survey_id: UUID, body: AnswersBody, call: Call) -> SurveyView:
    """Answer a survey, whole and once."""
    ratings = tuple(Rated(rating.item, rating.value) for rating in body.ratings)
    command = use_cases.AnswerSurvey(survey_id, Answers(ratings, body.texts, body.baseline))
    return await call.command(use_cases.answer_survey, command)


@router.post("/surveys/{survey_id}/waiver")
async def waive_survey(survey_id: UUID, body: ReasonBody, call: Call) -> SurveyView:
    """Excuse a respondent."""
    return await call.command(use_cases.waive_survey, use_cases.WaiveSurvey(survey_id, body.reason))


@router.post("/exchanges/{exchange_id}/actions", status_code=201)
async def agree_action(exchange_id: UUID, body: ActionBody, call: Call) -> ActionView:
    """Commit to something after the exchange."""
    command = use_cases.AgreeAction(exchange_id, body.owner_id, body.what, body.due)
    return await call.command(use_cases.agree_action, command)


@router.get("/exchanges/{exchange_id}/actions")
async def list_actions(exchange_id: UUID, call: Call) -> list[ActionView]:
    """The actions of an exchange."""
    return await call.read(queries.actions, exchange_id)


@router.post("/exchanges/{exchange_id}/practices", status_code=201)
async def draft_practice(exchange_id: UUID, body: PracticeBody, call: Call) -> PracticeView:
    """Write down a practice and hand it to the association's check."""
    return await call.command(use_cases.draft_practice, use_cases.DraftPractice(exchange_id, _lesson(body)))


@router.get("/exchanges/{exchange_id}/practices")
async def list_practices(exchange_id: UUID, call: Call) -> list[PracticeView]:
    """The practices of an exchange."""
    return await call.read(queries.practices, exchange_id)


@router.post("/practices/{practice_id}/check")
async def check_practice(practice_id: UUID, body: CheckBody, call: Call) -> PracticeView:
    """Publish a practice or return it, as its association."""
    command = use_cases.CheckPractice(practice_id, body.decision, body.reason)
    return await call.command(use_cases.check_practice, command)


@router.post("/practices/{practice_id}/revision")
async def revise_practice(practice_id: UUID, body: PracticeBody, call: Call) -> PracticeView:
    """Send a returned practice in again."""
    return await call.command(use_cases.revise_practice, use_cases.RevisePractice(practice_id, _lesson(body)))


@router.get("/practices/{practice_id}")
async def show_practice(practice_id: UUID, call: Call) -> PracticeView:
    """One practice."""
    return await call.read(queries.practice, practice_id)


@router.get("/exchanges/{exchange_id}/results")
async def show_results(exchange_id: UUID, call: Call) -> ResultsView:
    """What the answers to an exchange say together; groups under 5 are hidden."""
    return await call.read(queries.results, exchange_id)


@router.get("/results")
async def show_all_results(call: Call) -> ResultsView:
    """What the answers to all exchanges say together; groups under 5 are hidden."""
    return await call.read(queries.all_results)


def _lesson(body: PracticeBody) -> Lesson:
    return Lesson(**body.model_dump())
