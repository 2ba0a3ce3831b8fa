"""What a person can ask for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.exchange.rules import Item, Plan, Reason


@dataclass(frozen=True, slots=True)
class OneExchange:
    """A command that needs to know no more than which exchange is meant."""

    exchange_id: UUID


@dataclass(frozen=True, slots=True)
class WriteTerms(OneExchange):
    """Put down the terms of reference as they read now."""

    text: str


@dataclass(frozen=True, slots=True)
class AgreeTerms(OneExchange):
    """Name the association that takes part, and the organisations besides the two sides."""

    association_id: UUID
    organisations: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class ScheduleExchange(OneExchange):
    """Fix days, people and form."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class TickItem(OneExchange):
    """Mark an item of the checklist as done or open: for one participant's number, or for all (None)."""

    item: Item
    participant: int | None
    done: bool


@dataclass(frozen=True, slots=True)
class StartExchange(OneExchange):
    """Say on which day it started."""

    on: date


@dataclass(frozen=True, slots=True)
class CompleteExchange(OneExchange):
    """Say on which day it was over."""

    on: date


@dataclass(frozen=True, slots=True)
class ReportExchange(OneExchange):
    """Hand in the report. `language` None: the language of the exchange's title."""

    summary: str
    language: str | None
    recommendations: tuple[str, ...]
    conclusions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PostponeExchange(OneExchange):
    """Put it off to later days."""

    first: date
    last: date
    reason: Reason


@dataclass(frozen=True, slots=True)
class ConvertExchange(OneExchange):
    """Hold it online."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class CancelExchange(OneExchange):
    """Give it up."""

    reason: Reason
