"""What templates show: values with every word said and every choice made, so that templates only lay them out."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Written:
    """Something that a person wrote: `lang` and `note` name its language where it is not the page's."""

    text: str
    lang: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Following:
    """What comes next, in words."""

    what: str
    who: str
    by: date | None


@dataclass(frozen=True, slots=True)
class Card:
    """A case in a list."""

    key: str
    reference: str | None
    title: Written
    requester: str | None
    offerer: str | None
    tag: str
    tone: str
    mode: str
    following: Following | None


@dataclass(frozen=True, slots=True)
class Stop:
    """A step of the journey, as seen from the case: `place` is done, here or ahead."""

    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened."""

    key: str
    time: datetime
    text: str
    side: str
    who: str


@dataclass(frozen=True, slots=True)
class Factor:
    """What one factor adds: points out of so many, and why."""

    name: str
    points: float
    out_of: float
    because: str

    @property
    def share(self) -> float:
        """The points in per cent of what was possible."""
        return round(100 * self.points / self.out_of, 1) if self.out_of else 0.0


@dataclass(frozen=True, slots=True)
class ProposalView:
    """A proposal, with its reasons and what would raise its score."""

    key: str
    peer: str
    offer: Written | None
    score: float | None
    state: str
    tone: str
    respond_by: date | None
    accepted: str | None
    reminder: str | None
    factors: tuple[Factor, ...]
    raises: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """One survey in the table of surveys."""

    kind: str
    day: str | None
    who: str
    due: date | None
    state: str


@dataclass(frozen=True, slots=True)
class PracticeView:
    """A practice of the case."""

    title: Written | None
    state: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact with its name."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A whole case, in words. While it `is_deciding`, proposals come before everything else."""

    key: str
    version: int
    reference: str | None
    title: Written
    requester: str | None
    offerer: str | None
    tag: str
    tone: str
    sentence: str
    following: Following | None
    reminder: str | None
    stops: tuple[Stop, ...]
    entries: tuple[Entry, ...]
    facts: tuple[Fact, ...]
    exchange: tuple[Fact, ...]
    proposals: tuple[ProposalView, ...]
    is_deciding: bool
    left_out: tuple[tuple[str, str], ...]
    surveys: tuple[SurveyRow, ...]
    practices: tuple[PracticeView, ...]
