"""What a case is about, as it is written in a script."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from deploy.journeys.days import day_of
from shared.primitives.terms import Level, Mode, OrganisationKind, Position


def _day(written: object, info: ValidationInfo) -> date:
    assert info.context  # given by read_script
    return day_of(written, info.context["today"])


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


Day = Annotated[date, BeforeValidator(_day)]
Paragraph = Annotated[str, AfterValidator(_on_one_line)]
Levels = Mapping[str, Level]


class Part(BaseModel):
    """A frozen part of a script. A key that nobody knows is a slip of the pen, so it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Organisation(Part):
    """A public body. `seat` is a GeoNames place id; `association` the name of its association in the script."""

    kind: OrganisationKind
    legal_type: str
    name: str
    seat: int
    languages: tuple[str, ...]
    association: str | None = None


class Person(Part):
    """An invented person who works for, or is elected in, one of the organisations."""

    name: str
    organisation: str
    position: Position
    elected: bool = False
    since: int
    languages: Levels


class Application(Part):
    """What the requester asks for. `participants`: how many of each position."""

    title: str
    challenge: Paragraph
    questions: tuple[str, str, str]
    tried: str
    themes: tuple[str, ...]
    sdgs: tuple[int, ...]
    dac: tuple[str, ...] = ()
    expected_change: str
    baseline: float
    baseline_unit: str
    planned_use: str
    received: Day
    earliest: Day
    latest: Day
    participants: Mapping[Position, int]
    languages: Levels


class Offer(Part):
    """What the offerer knows. A standing offer is there for everybody, on the days from `first` to `last`."""

    standing: bool = False
    title: str
    result: str
    result_number: float
    result_year: int
    failures: str
    approach: str
    languages: Levels
    first: Day
    last: Day
    capacity: int = 1
    days_a_year: int = 20


class Guest(Part):
    """One who takes part in an exchange, or `count` people who are not registered one by one."""

    organisation: str
    part: str
    person: str | None = None
    count: int = 1


class Exchange(Part):
    """How the two meet. Without days it takes place on those that were proposed."""

    terms: Paragraph
    also: tuple[str, ...] = Field(default=(), description="organisations besides the two sides")
    first: Day | None = None
    last: Day | None = None
    people: tuple[Guest, ...]
    arranged: tuple[str, ...] | None = Field(default=None, description="items of the checklist; None: all of them")


class Report(Part):
    """What came of it."""

    summary: str
    recommendations: tuple[str, ...] = ()
    conclusions: tuple[str, ...] = ()


class Action(Part):
    """What the requester will do, so many days after the exchange."""

    what: str
    days_after: int


class Practice(Part):
    """What others can reuse."""

    title: str
    what_worked: str
    what_did_not: str
    evidence: str


class Answers(Part):
    """How a survey is answered: one value for all ratings but those that are named, and texts."""

    rating: int
    ratings: Mapping[str, int] = {}
    texts: Mapping[str, str] = {}


class Surveys(Part):
    """How the surveys are answered; `before_by`: which sides have answered the one before."""

    before_by: tuple[str, ...] = ("requester", "offerer")
    before: Answers
    pulse: Answers | None = None
    after: Answers | None = None


class Script(Part):
    """One case. `language` is that of everything written in it; `requester`, `contact` … name entries of the tables.

    What comes after the point at which the case stops may be left out.
    """

    name: str
    number: int | None = None
    until: str | None = Field(default=None, description="the last step that is taken; None: all of them")
    shows: str = Field(default="closed", description="the state that the portal shows in the end")
    why: str = ""
    mode: Mode
    language: str
    requester: str
    offerer: str | None = None
    association: str
    contact: str
    authoriser: str
    expert: str | None = None
    reviewers: tuple[str, str]
    organisations: Mapping[str, Organisation]
    people: Mapping[str, Person]
    application: Application
    offer: Offer | None = None
    exchange: Exchange | None = None
    report: Report | None = None
    action: Action | None = None
    practice: Practice | None = None
    surveys: Surveys | None = None
    call_closes: Day | None = None

    @property
    def cast(self) -> frozenset[str]:
        """The people who are named."""
        guests = self.exchange.people if self.exchange else ()
        named = {self.contact, self.authoriser, self.expert, *self.reviewers, *(guest.person for guest in guests)}
        return frozenset(name for name in named if name)

    @property
    def bodies(self) -> frozenset[str]:
        """The organisations that are named, those where the cast belongs, and the associations of all these."""
        guests, also = (self.exchange.people, self.exchange.also) if self.exchange else ((), ())
        named = {self.requester, self.offerer, self.association, *also, *(guest.organisation for guest in guests)}
        named |= {self.people[name].organisation for name in self.cast}
        named |= {self.organisations[name].association for name in named if name}
        return frozenset(name for name in named if name)

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        try:
            lacking = self.bodies - set(self.organisations)
        except KeyError as unknown:
            lacking = frozenset({str(unknown.args[0])})
        if lacking:
            raise ValueError(f"nobody says who these are: {', '.join(sorted(lacking))}")
        return self


def read_script(file: Path, today: date, *, shared: Path | None = None) -> Script:
    """The script of a file as it reads on that day. `shared` holds organisations and people of several scripts.

    Raises ValueError (pydantic's) that names what is wrong with it.
    """
    written: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    common: dict[str, Any] = tomllib.loads(shared.read_text(encoding="utf-8")) if shared else {}
    for table in ("organisations", "people"):
        written[table] = common.get(table, {}) | written.get(table, {})
    return Script.model_validate({"name": file.stem} | written, context={"today": today})
