"""What evaluation announces: surveys, alerts, actions and practices."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from pydantic import Field

from shared.events.base import Code, Event, Value


class SurveyKind(StrEnum):
    """When a survey is asked."""

    BEFORE = "before"
    PULSE = "pulse"
    AFTER = "after"
    SIX_MONTHS = "six-months"
    TWELVE_MONTHS = "twelve-months"


class Rating(Value):
    """An answer from 1 (poor) to 5 (very good) to one item."""

    item: Code
    value: int = Field(ge=1, le=5)


class SurveyOpened(Event):
    """An organisation is asked to answer. `day` is set for a daily pulse."""

    survey_id: UUID
    exchange_id: UUID
    application_id: UUID
    respondent_id: UUID = Field(description="the organisation that answers")
    kind: SurveyKind
    day: date | None = None
    due: date


class EvaluationSubmitted(Event):
    """A survey was answered. Texts stay with evaluation."""

    survey_id: UUID
    exchange_id: UUID
    application_id: UUID
    respondent_id: UUID
    kind: SurveyKind
    day: date | None = None
    ratings: tuple[Rating, ...]


class SurveyWaived(Event):
    """A coordinator has decided that this survey is not needed; the reason is a code."""

    survey_id: UUID
    exchange_id: UUID
    application_id: UUID
    respondent_id: UUID = Field(description="the organisation that is excused")
    kind: SurveyKind
    reason: Code


class AlertRaised(Event):
    """A rating of 2 or lower: the coordinator should look now."""

    survey_id: UUID
    exchange_id: UUID
    application_id: UUID
    item: Code
    value: int
    day: date | None = None


class ActionAgreed(Event):
    """The applicant commits to do something after the exchange, and somebody owns it."""

    action_id: UUID
    exchange_id: UUID
    application_id: UUID
    owner_id: UUID = Field(description="the member who owns the action")
    due: date


class PracticeDrafted(Event):
    """A lesson is written down from an exchange."""

    practice_id: UUID
    exchange_id: UUID
    application_id: UUID
    association_id: UUID


class PracticeReturned(Event):
    """The association asks for a revision; the reason is a code."""

    practice_id: UUID
    exchange_id: UUID
    application_id: UUID
    reason: Code


class PracticePublished(Event):
    """The association has checked the practice and it is public."""

    practice_id: UUID
    exchange_id: UUID
    application_id: UUID
    association_id: UUID
    title: str
    title_language: str
    themes: tuple[str, ...]
    published_on: date
