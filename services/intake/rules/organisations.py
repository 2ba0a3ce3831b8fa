"""Organisations and members as the rules see them."""

from dataclasses import dataclass
from uuid import UUID

from shared.events.base import LanguageSkill, OrganisationFacts
from shared.primitives.terms import OrganisationKind, Position

PUBLIC_KINDS = frozenset({OrganisationKind.MUNICIPALITY, OrganisationKind.REGION, OrganisationKind.ASSOCIATION})


@dataclass(frozen=True, slots=True)
class Organisation:
    """A municipality, region, association, or another body that tries to take part. `seat` is a GeoNames place id."""

    organisation_id: UUID
    kind: OrganisationKind
    legal_type: str
    name: str
    country: str
    seat: int
    population: int | None
    languages: tuple[str, ...]
    association_id: UUID | None

    def facts(self) -> OrganisationFacts:
        """What others need to know to judge the context."""
        return OrganisationFacts(
            organisation_id=self.organisation_id,
            kind=self.kind,
            country=self.country,
            seat=self.seat,
            population=self.population,
            association_id=self.association_id,
        )


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works for, or is elected in, an organisation. Name and e-mail stay in intake."""

    member_id: UUID
    organisation_id: UUID
    name: str
    email: str
    position: Position
    elected: bool
    in_role_since: int
    languages: tuple[LanguageSkill, ...]
