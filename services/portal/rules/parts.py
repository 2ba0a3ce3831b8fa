"""What a case consists of: its proposals, exchange, surveys, actions and practices, as they stand."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.portal.rules.states import State
from shared.events.evaluation import SurveyKind
from shared.events.matching import Contribution, FilteredOut, Raise
from shared.primitives.terms import Mode, Side


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"


class SurveyState(StrEnum):
    """What became of a survey."""

    OPEN = "open"
    ANSWERED = "answered"
    WAIVED = "waived"


class PracticeState(StrEnum):
    """How far a practice is."""

    DRAFTED = "drafted"
    RETURNED = "returned"
    PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Reminder:
    """The latest reminder of a proposal: who had not answered on that day, and how many working days were left."""

    sides: frozenset[Side]
    on: date
    days_left: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A pairing, with its reasons, what would raise its score, and who has agreed to it."""

    proposal_id: UUID
    offer_id: UUID | None = None
    offerer_id: UUID | None = None
    rank: int | None = None
    score: float | None = None
    contributions: tuple[Contribution, ...] = ()
    raises: tuple[Raise, ...] = ()
    respond_by: date | None = None
    reminder: Reminder | None = None
    accepted: frozenset[Side] = frozenset()
    declined_by: Side | None = None
    state: ProposalState = ProposalState.OPEN

    @property
    def unheeded(self) -> Reminder | None:
        """The latest reminder, as long as somebody who was reminded has not answered."""
        if self.state is not ProposalState.OPEN or self.reminder is None or self.reminder.sides <= self.accepted:
            return None
        return self.reminder


@dataclass(frozen=True, slots=True)
class Search:
    """What the search found when it found nobody, and the call that followed."""

    nobody: bool = False
    considered: int = 0
    filtered: tuple[FilteredOut, ...] = ()
    call_closes_on: date | None = None


@dataclass(frozen=True, slots=True)
class Exchange:
    """The organised activity. Facts that are not known yet are None."""

    exchange_id: UUID
    state: State = State.PLANNED
    host_id: UUID | None = None
    mode: Mode | None = None
    first: date | None = None
    last: date | None = None
    participants: int | None = None
    online: bool = False
    association_id: UUID | None = None
    organisations: tuple[UUID, ...] = ()
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """One organisation's survey. Its answers are not kept here."""

    survey_id: UUID
    kind: SurveyKind | None = None
    respondent_id: UUID | None = None
    day: date | None = None
    due: date | None = None
    state: SurveyState = SurveyState.OPEN


@dataclass(frozen=True, slots=True)
class Action:
    """Something that the applicant commits to do after the exchange."""

    action_id: UUID
    due: date


@dataclass(frozen=True, slots=True)
class Practice:
    """A lesson from the exchange; it has a title once it is public."""

    practice_id: UUID
    association_id: UUID | None = None
    state: PracticeState = PracticeState.DRAFTED
    title: str | None = None
    title_language: str | None = None
    published_on: date | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What was asked, and where its validation stands. Everything is None while only other parts were heard of."""

    state: State = State.HEARD_OF
    reference: str | None = None
    title: str | None = None
    title_language: str | None = None
    requester_id: UUID | None = None
    mode: Mode | None = None
    themes: tuple[str, ...] = ()
    sdgs: tuple[int, ...] = ()
    dac: tuple[str, ...] = ()
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that was heard of one case, by part."""

    application: Application = Application()
    search: Search = Search()
    proposals: tuple[Proposal, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    surveys: tuple[Survey, ...] = ()
    actions: tuple[Action, ...] = ()
    practices: tuple[Practice, ...] = ()
