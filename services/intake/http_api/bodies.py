"""What intake's API accepts."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers
from services.intake.rules.review import Eligibility, Scores
from shared.events.base import LanguageSkill
from shared.http.body import Body
from shared.primitives.terms import OrganisationKind, Position

Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
Tag = Annotated[str, Field(min_length=2, max_length=20)]


class OrganisationBody(Body):
    """An organisation. Its country and population come from its seat, a GeoNames place id."""

    kind: OrganisationKind
    legal_type: str = Field(min_length=2, max_length=100)
    name: str = Field(min_length=2, max_length=200)
    seat: int = Field(gt=0)
    languages: tuple[Tag, ...] = Field(min_length=1, max_length=10)
    association_id: UUID | None = None


class MemberBody(Body):
    """A person of an organisation."""

    organisation_id: UUID
    name: str = Field(min_length=2, max_length=200)
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    position: Position
    elected: bool
    in_role_since: int = Field(ge=1950, le=2100)
    languages: tuple[LanguageSkill, ...] = Field(min_length=1, max_length=10)


class ApplicationBody(Body):
    """A draft. `received_on` is for coordinators who enter a paper application."""

    organisation_id: UUID
    answers: ApplicationAnswers = ApplicationAnswers()
    received_on: date | None = None
    resubmits: UUID | None = None


class ApplicationAnswersBody(Body):
    """All answers; they replace the former ones."""

    answers: ApplicationAnswers


class ReviewBody(Body):
    """A judgement, or the declaration of a conflict of interest; never both."""

    conflict_of_interest: bool
    eligibility: Eligibility | None = None
    scores: Scores | None = None

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        judged = self.eligibility is not None and self.scores is not None
        if self.conflict_of_interest and (self.eligibility or self.scores):
            raise ValueError("with a conflict of interest nothing is judged: leave eligibility and scores out")
        if not self.conflict_of_interest and not judged:
            raise ValueError("without a conflict of interest give eligibility and scores")
        return self


class WithdrawalBody(Body):
    """Why, as a code."""

    reason: Code


class OfferBody(Body):
    """An offer by a member of an organisation."""

    organisation_id: UUID
    member_id: UUID
    answers: OfferAnswers = OfferAnswers()


class OfferAnswersBody(Body):
    """All answers; they replace the former ones."""

    answers: OfferAnswers


class VerdictBody(Body):
    """A person's verdict about an offer."""

    accept: bool
    reason: Code | None = None
