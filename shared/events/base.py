"""The base of every event, and the values that several events carry.

An event is a past-tense fact with ids and codes. It never carries a name, an e-mail address or free text about a
person. Within a version fields are only added, so readers ignore what they do not know.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.primitives.terms import Level, OrganisationKind

# A stable word that pages translate: a reason, a check, a survey's item.
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,79}$")]


class Value(BaseModel):
    """A frozen part of an event."""

    # JSON has no infinity and no not-a-number: such a value would be written as null and read by nobody.
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Event(Value):
    """A fact that happened. Its version is in its catalogue entry."""


class LanguageSkill(Value):
    """How well a language (BCP 47 tag) is spoken."""

    language: str
    level: Level


class Window(Value):
    """Days on which something can take place, both included."""

    first: date
    last: date


class OrganisationFacts(Value):
    """What others need to know of an organisation to judge its context. `seat` is a GeoNames place id."""

    organisation_id: UUID
    kind: OrganisationKind
    country: str = Field(description="ISO 3166-1 alpha-2")
    seat: int = Field(description="GeoNames place id")
    population: int | None = Field(default=None, description="inhabitants, where known")
    association_id: UUID | None = None
