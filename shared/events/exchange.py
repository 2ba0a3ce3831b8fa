"""What exchange announces: one exchange from its plan to its close."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.events.base import Code, Event
from shared.primitives.terms import Mode


class ExchangePlanned(Event):
    """A confirmed match becomes an exchange that is to be organised."""

    exchange_id: UUID
    application_id: UUID
    proposal_id: UUID
    requester_id: UUID
    offerer_id: UUID
    host_id: UUID = Field(description="the organisation where it takes place")
    themes: tuple[str, ...]
    title: str
    title_language: str
    mode: Mode
    first: date
    last: date


class ExchangeAgreed(Event):
    """The terms of reference are agreed and an association of local governments takes part."""

    exchange_id: UUID
    application_id: UUID
    association_id: UUID
    organisations: tuple[UUID, ...] = Field(description="every government that takes part")


class ExchangeScheduled(Event):
    """The days and the number of participants are fixed; preparation goes on."""

    exchange_id: UUID
    application_id: UUID
    first: date
    last: date
    participants: int
    online: bool


class ExchangeReady(Event):
    """The before-survey and the safety checklist are done."""

    exchange_id: UUID
    application_id: UUID


class ExchangeStarted(Event):
    """The first day has come."""

    exchange_id: UUID
    application_id: UUID
    started_on: date
    last: date


class ExchangeCompleted(Event):
    """The last day is over."""

    exchange_id: UUID
    application_id: UUID
    completed_on: date
    days: int


class ExchangeReported(Event):
    """The report exists."""

    exchange_id: UUID
    application_id: UUID


class ExchangeFollowedUp(Event):
    """A report and at least one owned action exist: what was learned is being put to use."""

    exchange_id: UUID
    application_id: UUID
    actions: int


class ExchangeClosed(Event):
    """Nothing is left to be done in this exchange."""

    exchange_id: UUID
    application_id: UUID


class ExchangePostponed(Event):
    """New days are set."""

    exchange_id: UUID
    application_id: UUID
    first: date
    last: date
    reason: Code


class ExchangeConverted(Event):
    """The exchange goes on online; what was planned in person is kept in its history."""

    exchange_id: UUID
    application_id: UUID
    reason: Code


class ExchangeCancelled(Event):
    """The exchange does not take place."""

    exchange_id: UUID
    application_id: UUID
    offer_id: UUID | None = Field(default=None, description="whose capacity is free again")
    proposal_id: UUID
    reason: Code
