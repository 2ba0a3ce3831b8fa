"""What an exchange is: frozen values, with ids in place of people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from shared.primitives.terms import Mode, OrganisationKind


class State(StrEnum):
    """Where an exchange stands. Being held online is no state: an exchange can be converted in many of these."""

    PLANNED = "planned"
    DRAFTING = "drafting"
    AGREED = "agreed"
    PREPARING = "preparing"
    READY = "ready"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    REPORTING = "reporting"
    FOLLOW_UP = "follow-up"
    CLOSED = "closed"
    POSTPONED = "postponed"
    CANCELLED = "cancelled"


class Part(StrEnum):
    """What somebody does in an exchange."""

    EXPERT = "expert"
    PLACED = "placed"
    VISITOR = "visitor"
    HOST = "host"
    MODERATOR = "moderator"
    GOVERNMENT = "government"


class Item(StrEnum):
    """What the logistics checklist asks for."""

    VISA_LETTER = "visa-letter"
    TRAVEL = "travel"
    LODGING = "lodging"
    INSURANCE = "insurance"
    PER_DIEM = "per-diem"
    INTERPRETATION = "interpretation"
    ACCESSIBILITY = "accessibility"
    SAFETY = "safety"


class Reason(StrEnum):
    """Why an exchange is postponed, goes online or is cancelled. A code, since free text could tell about a person."""

    VISA_REFUSED = "visa-refused"
    TRAVEL_NOT_POSSIBLE = "travel-not-possible"
    SAFETY = "safety"
    PARTICIPANT_UNAVAILABLE = "participant-unavailable"
    HOST_UNAVAILABLE = "host-unavailable"
    REQUESTER_WITHDREW = "requester-withdrew"
    OFFERER_WITHDREW = "offerer-withdrew"
    NO_FUNDS = "no-funds"
    OTHER = "other"


class BeforeSurvey(StrEnum):
    """What is known of the requester's survey before the exchange."""

    OPEN = "open"
    SUBMITTED = "submitted"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody who takes part for an organisation. `member_id` is None for people who are not registered."""

    organisation_id: UUID
    part: Part
    member_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Days (both included), people and form. A participant's number is the place in `participants`, from 1."""

    first: date
    last: date
    online: bool = False
    participants: tuple[Participant, ...] = ()

    @property
    def days(self) -> int:
        """Calendar days, the first and the last included."""
        return (self.last - self.first).days + 1

    def travellers(self, host_id: UUID) -> tuple[int, ...]:
        """The numbers of those who come from elsewhere; nobody travels to an exchange that is held online."""
        if self.online:
            return ()
        return tuple(
            number
            for number, one in enumerate(self.participants, 1)
            if one.organisation_id != host_id and one.part is not Part.HOST
        )


@dataclass(frozen=True, slots=True)
class ChecklistEntry:
    """One thing to arrange, for the participant of that number or (None) for the whole exchange."""

    item: Item
    participant: int | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What came of the exchange, in the language (BCP 47) of whoever wrote it."""

    summary: str
    language: str
    recommendations: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnedAction:
    """Something that the requester does afterwards, and the member who sees to it."""

    action_id: UUID
    owner_id: UUID
    due: date


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange. Its case is its application's."""

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
    plan: Plan
    state: State = State.PLANNED
    terms: str | None = None
    association_id: UUID | None = None
    association_confirmed_on: date | None = None
    organisations: tuple[UUID, ...] = ()
    checklist: tuple[ChecklistEntry, ...] = ()
    before_survey: BeforeSurvey = BeforeSurvey.OPEN
    converted_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    report: Report | None = None
    actions: tuple[OwnedAction, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the history: what was done, by which account and why. `before` is the plan that was replaced."""

    at: datetime
    by: str
    what: str
    from_state: State | None
    to_state: State
    reason: Reason | None = None
    before: Plan | None = None


@dataclass(frozen=True, slots=True)
class References:
    """What is known of organisations (their kind) and members (their organisation) that a command names."""

    kinds: Mapping[UUID, OrganisationKind] = field(default_factory=dict)
    organisation_of: Mapping[UUID, UUID] = field(default_factory=dict)

    def is_government(self, organisation_id: UUID) -> bool:
        """Whether it is known and a municipality or region."""
        return self.kinds.get(organisation_id) in (OrganisationKind.MUNICIPALITY, OrganisationKind.REGION)
