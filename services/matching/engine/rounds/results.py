"""What a round gives."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Assignment:
    """A pair that the round proposes."""

    application_id: UUID
    offer_id: UUID
    member_id: UUID
    score: int
    pinned: bool


class Why(StrEnum):
    """Why an application got no proposal."""

    NO_CANDIDATE = "no-candidate"  # no offer passes the hard filters
    BANNED = "banned"  # all pairs with candidates were ruled out for this round
    TAKEN = "taken"  # the places of all candidates went to others, or were gone before
    LOAD = "load"  # a candidate has a place left, but the fairness term asks more for it than the score is worth


@dataclass(frozen=True, slots=True)
class Rival:
    """A candidate of an application that got nothing, and who has the places of that offer instead."""

    offer_id: UUID
    score: int
    holders: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Unserved:
    """An application without a proposal. `rivals`: its best candidates, at most three, the best first."""

    application_id: UUID
    why: Why
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """So many out of so many."""

    count: int
    of: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None of nothing."""
        return self.count / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Measures:
    """What an assignment is worth, and to whom.

    `utility`: sum of the scores, hundredths of a point. `served`: applications with a proposal. `experts`: those with
    one, of all within reach: who stands behind a candidate with a place left. `gini`: of the experts' load after the
    round, over those within reach: 0 where all have the same. `south_south`: proposals with both sides in the South.
    `first_timers`: applications of first-timers that are served; `new_experts`: first-timers within reach with one.
    """

    utility: int
    served: Share
    experts: Share
    gini: float
    south_south: Share
    first_timers: Share
    new_experts: Share


@dataclass(frozen=True, slots=True)
class Exposure:
    """How much of the round a group of experts sees.

    `ratio`: proposals per expert of the group within reach, to that over all experts; 1 is an equal share. None where
    the group or the round is empty.
    """

    group: str
    experts: int
    proposals: int
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The applications of a country that are served."""

    country: str
    served: Share


@dataclass(frozen=True, slots=True)
class BlockingPair:
    """A pair that is not proposed although both sides would be better off with it than with what they have.

    `gains`: by how much, for the application and for the offer, in hundredths of a point. A side with a place left
    gains the whole score, else the difference to the worst that it has and would give up.
    """

    application_id: UUID
    offer_id: UUID
    score: int
    gains: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Blocking:
    """How many blocking pairs there are, and those with the largest gains of both sides together."""

    count: int
    pairs: tuple[BlockingPair, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """What one more place of an offer would add to the sum that is maximised, in hundredths of a point."""

    offer_id: UUID
    adds: int


@dataclass(frozen=True, slots=True)
class Report:
    """What a coordinator must know before publishing.

    `unweighted`: the same round with the same pins and bans without the fairness term; `kept`: the share of its utility
    that is left, 1 where that is 0. `charged`: what the fairness term takes away from the utility. `unserved`: some of
    those that got nothing, the first by id; how many they are is in `measures`. `places`: offers that are full and
    whose next place would add most, the most valuable first; None where it can't be told exactly (more than one
    proposal each, and several offers of one expert for an application).
    """

    measures: Measures
    unweighted: Measures
    kept: float
    charged: int
    unserved: tuple[Unserved, ...]
    exposure: tuple[Exposure, ...]
    coverage: tuple[Coverage, ...]
    blocking: Blocking
    places: tuple[Place, ...] | None


REPORT = TypeAdapter(Report)  # as JSON, from the process that solves to the database and back


@dataclass(frozen=True, slots=True)
class Result:
    """The proposals, by application id and then the best first, and the report on them."""

    assignments: tuple[Assignment, ...]
    report: Report
