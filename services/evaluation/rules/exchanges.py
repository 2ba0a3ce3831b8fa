"""The copy of an exchange: what evaluation needs to know of it, kept up to date by exchange's events."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.evaluation.rules.states import require_step
from shared.events.exchange import ExchangePlanned
from shared.primitives.errors import WrongState
from shared.primitives.terms import Mode, Side


class Phase(StrEnum):
    """How far an exchange is, as far as evaluation cares."""

    PLANNED = "planned"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


TRANSITIONS: Mapping[Phase, frozenset[Phase]] = {
    Phase.PLANNED: frozenset({Phase.STARTED, Phase.CANCELLED}),
    Phase.STARTED: frozenset({Phase.COMPLETED, Phase.CANCELLED}),
    Phase.COMPLETED: frozenset(),
    Phase.CANCELLED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """`first` and `last` are the days that hold now, planned or actual. No association is known until it is agreed."""

    exchange_id: UUID
    application_id: UUID
    requester_id: UUID
    offerer_id: UUID
    association_id: UUID | None
    mode: Mode
    themes: tuple[str, ...]
    title: str
    title_language: str
    first: date
    last: date
    phase: Phase = Phase.PLANNED
    completed_on: date | None = None

    def side_of(self, organisation_id: UUID | None) -> Side | None:
        """Which of the two sides the organisation is; None for any other."""
        sides = {self.requester_id: Side.REQUESTER, self.offerer_id: Side.OFFERER}
        return sides.get(organisation_id) if organisation_id else None


def planned(event: ExchangePlanned) -> Exchange:
    """The first copy of an exchange."""
    return Exchange(
        exchange_id=event.exchange_id,
        application_id=event.application_id,
        requester_id=event.requester_id,
        offerer_id=event.offerer_id,
        association_id=None,
        mode=event.mode,
        themes=event.themes,
        title=event.title,
        title_language=event.title_language,
        first=event.first,
        last=event.last,
    )


def moved(exchange: Exchange, to: Phase, **changes: Any) -> Exchange:
    """The exchange in its next phase. Raises `WrongState` where the table has no such step."""
    require_step(TRANSITIONS, "exchange", exchange.phase, to)
    return replace(exchange, phase=to, **changes)


def rescheduled(exchange: Exchange, first: date, last: date) -> Exchange:
    """The exchange on other days. Raises `WrongState` once it has started."""
    if exchange.phase is not Phase.PLANNED:
        raise WrongState(
            f"exchange-is-{exchange.phase}", f"The exchange is {exchange.phase}, so its days can't change."
        )
    return replace(exchange, first=first, last=last)


def completed_day(exchange: Exchange) -> date:
    """The day on which the exchange was completed. Raises `WrongState` before that."""
    if exchange.phase is not Phase.COMPLETED or exchange.completed_on is None:
        raise WrongState("exchange-not-completed", "Wait until the exchange is completed, then send this again.")
    return exchange.completed_on
