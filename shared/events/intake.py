"""What intake announces: organisations, members, applications and offers."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from shared.events.base import Code, Event, LanguageSkill, OrganisationFacts, Window
from shared.primitives.terms import Mode, OrganisationKind, Position


class OrganisationRegistered(Event):
    """A municipality, region or association is known to CONNECT. Its name is public."""

    organisation_id: UUID
    kind: OrganisationKind
    name: str
    country: str = Field(description="ISO 3166-1 alpha-2")
    seat: int = Field(description="GeoNames place id")
    population: int | None = None
    languages: tuple[str, ...] = Field(default=(), description="working languages, BCP 47")
    association_id: UUID | None = None


class MemberRegistered(Event):
    """Somebody who works for, or is elected in, an organisation can take part. Who it is stays with intake."""

    member_id: UUID
    organisation_id: UUID
    position: Position
    elected: bool
    languages: tuple[LanguageSkill, ...] = ()


class ApplicationSubmitted(Event):
    """An organisation asks for know-how. The title is written to be public."""

    application_id: UUID
    organisation_id: UUID
    reference: str = Field(description="CN-year-number, to be said on the telephone")
    title: str
    title_language: str = Field(description="BCP 47")
    themes: tuple[str, ...]
    sdgs: tuple[int, ...] = ()
    mode: Mode | None = Field(description="None: advise me")
    earliest: date
    latest: date
    submitted_on: date
    resubmits: UUID | None = Field(default=None, description="the rejected application that this one replaces")


class InformationRequested(Event):
    """The application can't go on until the applicant has mended what the codes name."""

    application_id: UUID
    codes: tuple[Code, ...]


class ApplicationAdmitted(Event):
    """Every automatic check has passed; people review the application now."""

    application_id: UUID
    rules_version: str


class ApplicationValidated(Event):
    """Eligible and good enough: peers can be searched. Everything that the search needs is here."""

    application_id: UUID
    reference: str
    title: str
    title_language: str
    organisation: OrganisationFacts
    themes: tuple[str, ...]
    sdgs: tuple[int, ...]
    dac: tuple[str, ...]
    mode: Mode | None
    earliest: date
    latest: date
    participants: int
    position: Position
    languages: tuple[LanguageSkill, ...]
    interpretation: bool = Field(description="interpretation is provided, so a shared language is not needed")
    online_acceptable: bool
    same_country: bool = Field(description="peers of the same country are welcome")
    preferred: tuple[UUID, ...] = Field(default=(), description="organisations asked for")
    excluded: tuple[UUID, ...] = Field(
        default=(), description="organisations ruled out, conflicts of interest included"
    )
    rules_version: str
    validated_on: date
    programme: Code = Field(default="connect", description="whose way of matching applies")


class ApplicationRejected(Event):
    """The application is refused; the codes say why and what a resubmission must mend."""

    application_id: UUID
    codes: tuple[Code, ...]


class ApplicationWithdrawn(Event):
    """The applicant has withdrawn, before any exchange."""

    application_id: UUID
    reason: Code


class ApplicationClosed(Event):
    """The case is over."""

    application_id: UUID
    outcome: Literal["exchanged", "cancelled", "no-match"]


class OfferPublished(Event):
    """Expertise is available. Everything that the search needs is here."""

    offer_id: UUID
    organisation: OrganisationFacts
    member_id: UUID
    answers: UUID | None = Field(default=None, description="the application that this offer answers; None: standing")
    title: str
    title_language: str
    themes: tuple[str, ...]
    sdgs: tuple[int, ...]
    dac: tuple[str, ...]
    modes: tuple[Mode, ...]
    position: Position
    years_in_role: int
    result_year: int = Field(description="the year of the demonstrable result")
    languages: tuple[LanguageSkill, ...]
    windows: tuple[Window, ...]
    capacity: int = Field(description="exchanges that it offers in all; how many are taken is counted by matching")
    days_a_year: int = Field(
        description="days that the expert gives in a calendar year, to all exchanges together; 0: not said"
    )


class OfferChanged(Event):
    """An offer is paused or active again, or its windows or capacity changed."""

    offer_id: UUID
    active: bool
    windows: tuple[Window, ...]
    capacity: int


class OfferClosed(Event):
    """An offer is gone for good."""

    offer_id: UUID
    reason: Literal["withdrawn", "expired", "exhausted", "rejected"]
