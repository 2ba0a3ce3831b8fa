"""What intake can be asked to do."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers
from services.intake.rules.review import Eligibility, Scores
from shared.events.base import LanguageSkill
from shared.primitives.terms import OrganisationKind, Position


@dataclass(frozen=True, slots=True)
class RegisterOrganisation:
    """Make an organisation known."""

    kind: OrganisationKind
    legal_type: str
    name: str
    seat: int
    languages: tuple[str, ...]
    association_id: UUID | None


@dataclass(frozen=True, slots=True)
class RegisterMember:
    """Make a person of an organisation known."""

    organisation_id: UUID
    name: str
    email: str
    position: Position
    elected: bool
    in_role_since: int
    languages: tuple[LanguageSkill, ...]


@dataclass(frozen=True, slots=True)
class StartApplication:
    """Begin a draft. `received_on`: when a paper application came, for a coordinator who enters it later."""

    organisation_id: UUID
    answers: ApplicationAnswers
    received_on: date | None = None
    resubmits: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChangeApplication:
    """Replace the answers of a draft, or of an application for which information was requested."""

    application_id: UUID
    answers: ApplicationAnswers


@dataclass(frozen=True, slots=True)
class ForApplication:
    """A step that needs nothing but the application."""

    application_id: UUID


@dataclass(frozen=True, slots=True)
class ReviewApplication:
    """One reviewer's judgement. Without eligibility and scores it declares a conflict of interest."""

    application_id: UUID
    eligibility: Eligibility | None
    scores: Scores | None


@dataclass(frozen=True, slots=True)
class WithdrawApplication:
    """Take an application back; the reason is a code."""

    application_id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class StartOffer:
    """Begin an offer."""

    organisation_id: UUID
    member_id: UUID
    answers: OfferAnswers


@dataclass(frozen=True, slots=True)
class ChangeOffer:
    """Replace the answers of an offer that is not active yet."""

    offer_id: UUID
    answers: OfferAnswers


@dataclass(frozen=True, slots=True)
class ForOffer:
    """A step that needs nothing but the offer."""

    offer_id: UUID


@dataclass(frozen=True, slots=True)
class JudgeOffer:
    """A person's verdict about an offer."""

    offer_id: UUID
    accept: bool
    reason: str | None
