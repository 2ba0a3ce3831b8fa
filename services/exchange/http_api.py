"""The HTTP API: parse, run the use case, answer with the exchange as it is afterwards."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from services.exchange import queries, use_cases
from services.exchange.rules import ChangeView, ExchangeView, Item, Part, Participant, Plan, Reason
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter(prefix="/v1/exchanges", tags=["exchanges"])

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1_000)]
LanguageTag = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]


class Nothing(Body):
    """A body for commands that need none; it may be left out."""


class TermsBody(Body):
    """The terms of reference."""

    text: Text


class AgreementBody(Body):
    """The association that takes part, and the organisations besides the two sides."""

    association_id: UUID
    organisations: tuple[UUID, ...] = Field(default=(), max_length=100)


class ParticipantBody(Body):
    """Somebody who takes part; `member_id` for those who are registered."""

    organisation_id: UUID
    part: Part
    member_id: UUID | None = None


class ScheduleBody(Body):
    """Days (both included), people and form."""

    first: date
    last: date
    participants: tuple[ParticipantBody, ...] = Field(min_length=1, max_length=200)
    online: bool = False

    def plan(self) -> Plan:
        """The plan that the rules judge."""
        people = tuple(Participant(one.organisation_id, one.part, one.member_id) for one in self.participants)
        return Plan(self.first, self.last, self.online, people)


class ChecklistBody(Body):
    """An item, done or open; for one participant's number, or for all."""

    item: Item
    done: bool
    participant: int | None = Field(default=None, ge=1)


class DayBody(Body):
    """The day on which it really happened."""

    on: date


class ReportBody(Body):
    """What came of it. Without a language it is the language of the title."""

    summary: Text
    language: LanguageTag | None = None
    recommendations: tuple[Line, ...] = Field(default=(), max_length=50)
    conclusions: tuple[Line, ...] = Field(default=(), max_length=50)


class PostponementBody(Body):
    """The later days that are meant, and why."""

    first: date
    last: date
    reason: Reason


class ReasonBody(Body):
    """Why."""

    reason: Reason


@router.get("")
async def list_exchanges(application_id: UUID, call: Call) -> list[ExchangeView]:
    """The exchanges of an application that you may read, the oldest first."""
    return await call.read(queries.exchanges_of, application_id)


@router.get("/{exchange_id}")
async def show_exchange(exchange_id: UUID, call: Call) -> ExchangeView:
    """One exchange, with what can come next."""
    return await call.read(queries.exchange, exchange_id)


@router.get("/{exchange_id}/history")
async def show_history(exchange_id: UUID, call: Call) -> list[ChangeView]:
    """What was done with an exchange, the oldest first."""
    return await call.read(queries.history, exchange_id)


@router.post("/{exchange_id}/drafting")
async def draft(exchange_id: UUID, call: Call, _: Nothing | None = None) -> ExchangeView:
    """Begin to draft the terms of reference."""
    return await call.command(use_cases.draft_terms, use_cases.OneExchange(exchange_id))


@router.put("/{exchange_id}/terms")
async def write_terms(exchange_id: UUID, body: TermsBody, call: Call) -> ExchangeView:
    """Put down the terms of reference, while they are drafted."""
    return await call.command(use_cases.write_terms, use_cases.WriteTerms(exchange_id, body.text))


@router.post("/{exchange_id}/agreement")
async def agree(exchange_id: UUID, body: AgreementBody, call: Call) -> ExchangeView:
    """Agree the terms of reference."""
    command = use_cases.AgreeTerms(exchange_id, body.association_id, body.organisations)
    return await call.command(use_cases.agree_terms, command)


@router.post("/{exchange_id}/association-confirmation")
async def confirm(exchange_id: UUID, call: Call, _: Nothing | None = None) -> ExchangeView:
    """Confirm that the named association takes part."""
    return await call.command(use_cases.confirm_association, use_cases.OneExchange(exchange_id))


@router.post("/{exchange_id}/schedule")
async def schedule(exchange_id: UUID, body: ScheduleBody, call: Call) -> ExchangeView:
    """Fix days, people and form, for the first time or anew; the checklist begins anew with it."""
    return await call.command(use_cases.schedule_exchange, use_cases.ScheduleExchange(exchange_id, body.plan()))


@router.post("/{exchange_id}/checklist")
async def tick(exchange_id: UUID, body: ChecklistBody, call: Call) -> ExchangeView:
    """Mark an item of the checklist as done or open."""
    command = use_cases.TickItem(exchange_id, body.item, body.participant, body.done)
    return await call.command(use_cases.tick_item, command)


@router.post("/{exchange_id}/readiness")
async def declare_ready(exchange_id: UUID, call: Call, _: Nothing | None = None) -> ExchangeView:
    """Declare the exchange ready: the before-survey and the safety check are done."""
    return await call.command(use_cases.declare_ready, use_cases.OneExchange(exchange_id))


@router.post("/{exchange_id}/start")
async def start(exchange_id: UUID, body: DayBody, call: Call) -> ExchangeView:
    """Say on which of the planned days it started."""
    return await call.command(use_cases.start_exchange, use_cases.StartExchange(exchange_id, body.on))


@router.post("/{exchange_id}/completion")
async def complete(exchange_id: UUID, body: DayBody, call: Call) -> ExchangeView:
    """Say on which day it was over."""
    return await call.command(use_cases.complete_exchange, use_cases.CompleteExchange(exchange_id, body.on))


@router.post("/{exchange_id}/report")
async def report(exchange_id: UUID, body: ReportBody, call: Call) -> ExchangeView:
    """Hand in the report; an expert mission needs recommendations, a round table joint conclusions."""
    command = use_cases.ReportExchange(exchange_id, body.summary, body.language, body.recommendations, body.conclusions)
    return await call.command(use_cases.report_exchange, command)


@router.post("/{exchange_id}/follow-up")
async def follow_up(exchange_id: UUID, call: Call, _: Nothing | None = None) -> ExchangeView:
    """Begin the follow-up: the report and at least one owned action exist."""
    return await call.command(use_cases.follow_up_exchange, use_cases.OneExchange(exchange_id))


@router.post("/{exchange_id}/closure")
async def close(exchange_id: UUID, call: Call, _: Nothing | None = None) -> ExchangeView:
    """Close the exchange."""
    return await call.command(use_cases.close_exchange, use_cases.OneExchange(exchange_id))


@router.post("/{exchange_id}/postponement")
async def postpone(exchange_id: UUID, body: PostponementBody, call: Call) -> ExchangeView:
    """Put it off to later days; a new schedule brings it back to preparation."""
    command = use_cases.PostponeExchange(exchange_id, body.first, body.last, body.reason)
    return await call.command(use_cases.postpone_exchange, command)


@router.post("/{exchange_id}/conversion")
async def convert(exchange_id: UUID, body: ReasonBody, call: Call) -> ExchangeView:
    """Hold it online; the plan in person stays in the history."""
    return await call.command(use_cases.convert_exchange, use_cases.ConvertExchange(exchange_id, body.reason))


@router.post("/{exchange_id}/cancellation")
async def cancel(exchange_id: UUID, body: ReasonBody, call: Call) -> ExchangeView:
    """Give it up."""
    return await call.command(use_cases.cancel_exchange, use_cases.CancelExchange(exchange_id, body.reason))
