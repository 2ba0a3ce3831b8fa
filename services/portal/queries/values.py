"""What queries find."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.portal.rules.heard import Fact
from services.portal.rules.parts import Parts
from services.portal.rules.states import STAGE_OF, Stage, State
from services.portal.rules.summary import NextStep, Summary
from shared.primitives.terms import Mode, OrganisationKind

PAGE_SIZE = 20
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation by its public name."""

    organisation_id: UUID
    kind: OrganisationKind
    name: str
    country: str
    seat: int


@dataclass(frozen=True, slots=True)
class OfferTitle:
    """An offer by its title and the title's language."""

    title: str
    language: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    case_id: UUID
    version: int
    reference: str | None
    title: str | None
    title_language: str | None
    state: State
    mode: Mode | None
    requester: Organisation | None
    offerer: Organisation | None
    peer: Organisation | None
    next_step: NextStep | None
    first: date | None
    last: date | None

    @property
    def stage(self) -> Stage:
        """The coarse place of the case."""
        return STAGE_OF[self.state]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of the list. `totals` counts the cases of every stage, whichever is shown."""

    rows: tuple[CaseRow, ...]
    stage: Stage | None
    page: int
    totals: Mapping[Stage, int]

    @property
    def total(self) -> int:
        """How many cases the whole list has."""
        return self.totals.get(self.stage, 0) if self.stage else sum(self.totals.values())

    @property
    def pages(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case in full. `version` grows with every change of what its page shows."""

    case_id: UUID
    version: int
    parts: Parts
    summary: Summary
    timeline: tuple[Fact, ...]
    organisations: Mapping[UUID, Organisation]
    offers: Mapping[UUID, OfferTitle]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the home page counts."""

    cases: int
    held: int
    countries: int
    practices: int
