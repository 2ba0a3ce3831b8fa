"""An exchange as the API shows it. It holds ids and no names, so everybody who may read it sees all of it."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.exchange.rules.states import TRANSITIONS
from services.exchange.rules.steps import unmet
from services.exchange.rules.values import BeforeSurvey, Exchange, Item, Part, Plan, Reason, State
from shared.primitives.terms import Mode


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


class ParticipantView(View):
    """Somebody who takes part; the checklist refers to the number."""

    number: int
    organisation_id: UUID
    part: Part
    member_id: UUID | None


class PlanView(View):
    """Days (both included), people and form."""

    first: date
    last: date
    days: int
    online: bool
    participants: tuple[ParticipantView, ...]


class ChecklistView(View):
    """One thing to arrange; without a participant it concerns the whole exchange."""

    item: Item
    participant: int | None
    done_on: date | None


class ReportView(View):
    """The report in the language it was written in (BCP 47)."""

    summary: str
    language: str
    recommendations: tuple[str, ...]
    conclusions: tuple[str, ...]


class OwnedActionView(View):
    """What the requester does afterwards; its text stays with evaluation."""

    action_id: UUID
    owner_id: UUID
    due: date


class ExchangeView(View):
    """One exchange with what can happen next."""

    id: UUID
    application_id: UUID
    proposal_id: UUID
    offer_id: UUID
    expert_id: UUID
    requester_id: UUID
    offerer_id: UUID
    host_id: UUID
    mode: Mode
    reference: str
    title: str
    title_language: str
    themes: tuple[str, ...]
    state: State
    plan: PlanView
    terms: str | None
    association_id: UUID | None
    association_confirmed_on: date | None
    organisations: tuple[UUID, ...]
    checklist: tuple[ChecklistView, ...]
    before_survey: BeforeSurvey
    converted_on: date | None
    started_on: date | None
    completed_on: date | None
    report: ReportView | None
    actions: tuple[OwnedActionView, ...]
    can_become: tuple[State, ...] = Field(description="states that can come next")
    waiting_for: tuple[str, ...] = Field(description="codes of what must happen before the next guarded state")


class ChangeView(View):
    """An entry of an exchange's history. `before` is the plan that a schedule, postponement or conversion replaced."""

    number: int
    at: datetime
    by: str = Field(description="the account, or the service")
    what: str
    from_state: State | None
    to_state: State
    reason: Reason | None
    before: PlanView | None


def view_of(exchange: Exchange) -> ExchangeView:
    """The exchange as it is shown."""
    ways = TRANSITIONS[exchange.state]
    shown = asdict(exchange) | {
        "plan": plan_view(exchange.plan),
        "can_become": tuple(state for state in State if state in ways),
        "waiting_for": tuple(problem.code for problem in unmet(exchange)),
    }
    return ExchangeView.model_validate(shown)


def plan_view(plan: Plan) -> PlanView:
    """The plan with its people numbered."""
    people: list[Mapping[str, object]] = [
        {"number": number, **asdict(one)} for number, one in enumerate(plan.participants, 1)
    ]
    return PlanView.model_validate(asdict(plan) | {"days": plan.days, "participants": people})
