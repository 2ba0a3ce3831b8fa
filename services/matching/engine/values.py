"""What the search takes and gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from shared.events.matching import Contribution, FilteredOut, Raise
from shared.primitives.terms import Level, Mode, Position

RATING_WITHOUT_ANY = 3.5
HIGH_INCOME = 3  # the rank of the group
UNLIMITED = 32_767  # days, where an offer does not say how many it gives in a year


@dataclass(frozen=True, slots=True, order=True)
class Days:
    """A stretch of days, both ends included."""

    first: date
    last: date

    @property
    def length(self) -> int:
        """How many days, weekends included."""
        return (self.last - self.first).days + 1

    def overlap(self, other: "Days") -> "Days | None":
        """The days that both have."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Days(first, last) if first <= last else None

    @classmethod
    def starting(cls, first: date, length: int) -> "Days":
        """The stretch of that length."""
        return cls(first, first + timedelta(days=length - 1))


class Stretch(NamedTuple):
    """Days that are free, and how many of them an exchange may take."""

    days: Days
    most: int

    @property
    def longest(self) -> int:
        """How long an exchange can be in here."""
        return min(self.days.length, self.most)

    def within(self, wanted: Days) -> "Stretch | None":
        """The part that lies in the wanted days."""
        days = self.days.overlap(wanted)
        return None if days is None else Stretch(days, self.most)


@dataclass(frozen=True, slots=True)
class Place:
    """What makes two governments comparable. None where nothing is known.

    `income`: rank of the country's income group, 0 to 3. `region` and the finer `subregion`: M49 codes.
    """

    country: str
    population: int | None = None
    income: int | None = None
    region: str | None = None
    subregion: str | None = None

    @property
    def is_south(self) -> bool:
        """Of the Global South, read as: a country that is known not to be one of high income."""
        return self.income is not None and self.income < HIGH_INCOME


@dataclass(frozen=True, slots=True)
class Request:
    """An application as the search sees it.

    `mode` None: advise me. `related`: to know something of the same sector is enough. `refused`: offers that came to
    nothing before.
    """

    application_id: UUID
    organisation_id: UUID
    place: Place
    themes: frozenset[str]
    sdgs: frozenset[int]
    dac: frozenset[str]
    mode: Mode | None
    window: Days
    participants: int
    position: Position
    languages: Mapping[str, Level]
    interpretation: bool
    same_country: bool
    related: bool = False
    preferred: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    refused: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An offer as the search sees it.

    `booked`: days on which the expert is taken. `days_a_year`: how many the expert gives in a calendar year, to all
    exchanges together; None where the offer does not say. `ratings`: how many there are, `rating`: their mean, from 1
    to 5. `answered`: how often the offerer has answered a proposal, or let it expire; `accepted`: how many of these
    were agreed to.
    """

    offer_id: UUID
    organisation_id: UUID
    member_id: UUID
    place: Place
    active: bool
    answers: UUID | None
    themes: frozenset[str]
    sdgs: frozenset[int]
    dac: frozenset[str]
    modes: tuple[Mode, ...]
    position: Position
    years_in_role: int
    languages: Mapping[str, Level]
    windows: tuple[Days, ...]
    days_a_year: int | None
    capacity: int
    reserved: int = 0
    booked: tuple[Days, ...] = ()
    ratings: int = 0
    rating: float = 0.0
    answered: int = 0
    accepted: int = 0


class Weights(BaseModel):
    """How many points each factor can give. They are never negative and add up to 100."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    knowledge: float = Field(default=40, ge=0)
    position: float = Field(default=25, ge=0)
    context: float = Field(default=15, ge=0)
    language: float = Field(default=10, ge=0)
    availability: float = Field(default=10, ge=0)

    @model_validator(mode="after")
    def _add_up(self) -> "Weights":
        total = self.knowledge + self.position + self.context + self.language + self.availability
        if abs(total - 100) > 1e-9:
            raise ValueError(f"the weights add up to {total:g}, not to 100")
        return self


class Favour(BaseModel):
    """By how many points an offer is placed higher than its score says. Nothing of it is in the score.

    `first_timers`: one without a past; `south_south`: one of the Global South, for an applicant that is of it too.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    first_timers: float = Field(default=0, ge=0, le=20)
    south_south: float = Field(default=0, ge=0, le=20)


NO_FAVOUR = Favour()


@dataclass(frozen=True, slots=True)
class Scale:
    """How to score and to place: the weights, what little knowledge of one offer is drawn toward, and who is favoured.

    `mean_rating`: of all experts. `expected`: the share of proposals that are accepted, all over; `expected_in`: in a
    country, where anything is known of it. `of_organisations`: how many proposals of their offers organisations have
    answered, and how many of these they accepted, where there are any.
    """

    weights: Weights = field(default_factory=Weights)
    mean_rating: float = RATING_WITHOUT_ANY
    expected: float = 1.0
    expected_in: Mapping[str, float] = field(default_factory=dict)
    of_organisations: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    favour: Favour = NO_FAVOUR


@dataclass(frozen=True, slots=True)
class Plan:
    """The mode and the days that fit both sides. `free`: how many days they could have chosen from."""

    mode: Mode
    days: Days
    free: int


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate that passed every hard filter. The points of its contributions add up to its score.

    `favour`: by how many hundredths of a point it is placed higher than its score says.
    """

    candidate: Candidate
    plan: Plan
    score: float
    contributions: tuple[Contribution, ...]
    raises: tuple[Raise, ...] = ()
    favour: int = 0

    @property
    def placed(self) -> int:
        """What its place goes by, in hundredths of a point."""
        return round(self.score * 100) + self.favour


@dataclass(frozen=True, slots=True)
class Found:
    """The best candidates, best first; how many were looked at, and how many each hard filter alone would remove."""

    ranked: tuple[Ranked, ...]
    considered: int
    filtered: tuple[FilteredOut, ...]
