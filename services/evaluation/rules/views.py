"""What the API shows. A view is made from the values of this folder and never holds more than its reader may see."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.evaluation.rules.actions import Action, ActionState
from services.evaluation.rules.answers import Answers
from services.evaluation.rules.instruments import INSTRUMENTS, AnswerKind
from services.evaluation.rules.practices import Practice, PracticeState
from services.evaluation.rules.surveys import ANSWERABLE, Survey, SurveyState
from shared.events.evaluation import Rating, SurveyKind
from shared.primitives.terms import Side

Names = Mapping[UUID, str]


class View(BaseModel):
    """A frozen reply."""

    model_config = ConfigDict(frozen=True)


class ItemView(View):
    """One thing that a survey asks; `asks` is the English wording."""

    item: str
    answer: AnswerKind
    required: bool
    asks: str


class SurveySummary(View):
    """A survey without its answers."""

    survey_id: UUID
    exchange_id: UUID
    respondent_id: UUID
    respondent_name: str | None = Field(description="None until the organisation's registration has arrived")
    side: Side
    kind: SurveyKind
    day: date | None
    due: date
    closes_on: date = Field(description="the last day on which an answer is taken")
    state: SurveyState
    takes_answers: bool
    reason: str | None = Field(description="why it was waived (code)")


class SurveyView(SurveySummary):
    """A survey with what it asks and, for those who may see it, what was answered."""

    instrument: str = Field(description="kind and version, such as before@1")
    items: tuple[ItemView, ...]
    answered: bool
    ratings: tuple[Rating, ...] = ()
    texts: dict[str, str] = {}
    baseline: float | None = None


class ActionView(View):
    """A commitment after the exchange."""

    action_id: UUID
    exchange_id: UUID
    owner_id: UUID = Field(description="the member who owns it")
    what: str
    due: date
    state: ActionState


class PracticeView(View):
    """A documented practice."""

    practice_id: UUID
    exchange_id: UUID
    association_id: UUID
    association_name: str | None = Field(description="None until the association's registration has arrived")
    themes: tuple[str, ...]
    title: str
    title_language: str
    what_worked: str
    what_did_not: str
    evidence: str
    state: PracticeState
    reason: str | None = Field(description="why the association returned it (code)")
    published_on: date | None


class ItemResult(View):
    """All answers to one item: `n` answers by `respondents` organisations."""

    kind: SurveyKind
    item: str
    n: int
    respondents: int
    mean: float | None
    hidden: bool = Field(description="the group is smaller than 5 organisations, so its mean is not shown")


class ConfidenceResult(View):
    """How confidence in one guiding question moved, over organisations that answered before and after.

    `gain` is after minus before; `gain_seen_from_after` is after minus "then", which a response shift does not distort.
    """

    item: str
    n: int
    respondents: int
    before: float | None
    then: float | None
    after: float | None
    gain: float | None
    gain_seen_from_after: float | None
    hidden: bool


class ResultsView(View):
    """What the answers to an exchange, or to all exchanges, say together. `answered` of `asked` surveys came back."""

    exchange_id: UUID | None
    asked: int
    answered: int
    items: tuple[ItemResult, ...]
    confidence: tuple[ConfidenceResult, ...]


def survey_summary(survey: Survey, names: Names) -> SurveySummary:
    """The survey for everybody who may see the exchange."""
    return SurveySummary(
        survey_id=survey.survey_id,
        exchange_id=survey.exchange_id,
        respondent_id=survey.respondent_id,
        respondent_name=names.get(survey.respondent_id),
        side=survey.side,
        kind=survey.kind,
        day=survey.day,
        due=survey.due,
        closes_on=survey.closes_on,
        state=survey.state,
        takes_answers=survey.state in ANSWERABLE,
        reason=survey.reason,
    )


def survey_view(survey: Survey, answers: Answers | None, names: Names) -> SurveyView:
    """The survey for its respondent and the coordinator."""
    items = INSTRUMENTS[survey.kind, survey.version].items
    given = answers or Answers((), {})
    return SurveyView(
        **survey_summary(survey, names).model_dump(),
        instrument=f"{survey.kind}@{survey.version}",
        items=tuple(ItemView(item=i.item, answer=i.answer, required=i.required, asks=i.asks) for i in items),
        answered=answers is not None,
        ratings=tuple(Rating(item=rated.item, value=rated.value) for rated in given.ratings),
        texts=dict(given.texts),
        baseline=given.number,
    )


def action_view(action: Action) -> ActionView:
    """The action for everybody who may see the exchange."""
    return ActionView(
        action_id=action.action_id,
        exchange_id=action.exchange_id,
        owner_id=action.owner_id,
        what=action.what,
        due=action.due,
        state=action.state,
    )


def practice_view(practice: Practice, names: Names) -> PracticeView:
    """The practice for everybody once it is published, before that for those who may see the exchange."""
    lesson = practice.lesson
    return PracticeView(
        practice_id=practice.practice_id,
        exchange_id=practice.exchange_id,
        association_id=practice.association_id,
        association_name=names.get(practice.association_id),
        themes=practice.themes,
        title=lesson.title,
        title_language=lesson.title_language,
        what_worked=lesson.what_worked,
        what_did_not=lesson.what_did_not,
        evidence=lesson.evidence,
        state=practice.state,
        reason=practice.reason,
        published_on=practice.published_on,
    )
