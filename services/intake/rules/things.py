"""Applications and offers as the rules see them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers
from services.intake.rules.states import ApplicationState, OfferState
from shared.primitives.errors import FieldProblem


@dataclass(frozen=True, slots=True)
class Application:
    """An organisation's request for know-how. Its id is the case's id.

    `search` is the number of the latest search that was heard of; `offer_id` the offer that it was matched with.
    """

    application_id: UUID
    organisation_id: UUID
    state: ApplicationState
    answers: ApplicationAnswers
    reference: str | None = None
    received_on: date | None = None
    rules_version: str | None = None
    failed_checks: tuple[FieldProblem, ...] = ()
    reasons: tuple[str, ...] = ()
    resubmits: UUID | None = None
    search: int = 0
    offer_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """Expertise that an organisation makes available. `taken` exchanges are reserved, `done` are over."""

    offer_id: UUID
    organisation_id: UUID
    member_id: UUID
    state: OfferState
    answers: OfferAnswers
    failed_checks: tuple[FieldProblem, ...] = ()
    taken: int = 0
    done: int = 0
    confirmed_at: datetime | None = None

    @property
    def capacity_left(self) -> int:
        """Exchanges that can still be taken on."""
        return max(0, self.answers.capacity - self.taken)
