"""A round, from its order to its publication."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.matching.engine.rounds.results import Report
from services.matching.engine.rounds.values import Adjustments, Options, Pair
from services.matching.rules.views import View
from shared.primitives.errors import WrongState

MOST_TRIES = 3


class RoundState(StrEnum):
    """Where a round stands. `failed` can be adjusted and computed again; `computed` waits for a coordinator."""

    QUEUED = "queued"
    COMPUTING = "computing"
    COMPUTED = "computed"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = RoundState
TRANSITIONS: Mapping[RoundState, frozenset[RoundState]] = {
    S.QUEUED: frozenset({S.COMPUTING, S.QUEUED, S.CANCELLED}),
    S.COMPUTING: frozenset({S.COMPUTING, S.COMPUTED, S.FAILED, S.QUEUED, S.CANCELLED}),
    S.COMPUTED: frozenset({S.PUBLISHING, S.QUEUED, S.CANCELLED}),
    S.PUBLISHING: frozenset({S.PUBLISHED}),
    S.FAILED: frozenset({S.QUEUED, S.CANCELLED}),
    S.PUBLISHED: frozenset(),
    S.CANCELLED: frozenset(),
}


class Problem(BaseModel):
    """Why a round could not be computed."""

    model_config = ConfigDict(frozen=True)

    code: str
    detail: str


class PairOf(BaseModel):
    """An application and an offer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    application_id: UUID
    offer_id: UUID

    def as_pair(self) -> Pair:
        """The same for the engine."""
        return self.application_id, self.offer_id


class Wishes(BaseModel):
    """What a coordinator decides: pairs that must be, and pairs that must not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pins: tuple[PairOf, ...] = ()
    bans: tuple[PairOf, ...] = ()

    @model_validator(mode="after")
    def _agree(self) -> "Wishes":
        both = set(self.pins) & set(self.bans)
        if both:
            raise ValueError(f"{len(both)} pairs are pinned and banned at once; take each from one of the lists")
        return self

    def adjustments(self) -> Adjustments:
        """The same for the engine."""
        return Adjustments(frozenset(map(PairOf.as_pair, self.pins)), frozenset(map(PairOf.as_pair, self.bans)))


@dataclass(frozen=True, slots=True)
class Progress:
    """What is being done, and how much of it. `total` is 0 where that can't be told."""

    stage: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class MatchingRound:
    """A round of a programme. `candidates`: of how many best offers an application may get one."""

    round_id: UUID
    programme: str
    state: RoundState
    options: Options
    candidates: int
    wishes: Wishes
    tries: int
    progress: Progress | None
    problem: Problem | None
    created_by: str
    created_at: datetime


class Outcome(StrEnum):
    """What became of a pair when the round was published."""

    PUBLISHED = "published"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class RoundPair:
    """A pair that the round proposes; its score in hundredths of a point. `reason`: why it was left out."""

    application_id: UUID
    offer_id: UUID
    score: int
    pinned: bool
    outcome: Outcome | None = None
    reason: str | None = None
    proposal_id: UUID | None = None


class ProgressView(View):
    """What is being done, and how much of it; `total` 0: that can't be told."""

    stage: str
    done: int
    total: int


class RoundView(View):
    """A round. `report`: what a coordinator must know before publishing, once it is computed.

    Scores and utilities in the report are hundredths of a point.
    """

    round_id: UUID
    programme: str
    state: RoundState
    options: Options
    candidates: int
    wishes: Wishes
    progress: ProgressView | None
    problem: Problem | None
    created_by: str
    created_at: datetime
    pairs: int
    published: int
    left_out: int
    report: Report | None


class RoundPairView(View):
    """A pair of a round, and what became of it."""

    application_id: UUID
    offer_id: UUID
    score: float = Field(description="0 to 100")
    pinned: bool
    outcome: Outcome | None
    reason: str | None
    proposal_id: UUID | None


def moved(found: MatchingRound, to: RoundState) -> MatchingRound:
    """The round in its new state. Raises WrongState where the table has no such step."""
    if to not in TRANSITIONS[found.state]:
        raise WrongState("round-state", f"This round is {found.state}, so it can't become {to}.")
    return replace(found, state=to)


def adjusted(found: MatchingRound, wishes: Wishes) -> MatchingRound:
    """The round with other wishes, to be computed again."""
    return replace(moved(found, S.QUEUED), wishes=wishes, tries=0, problem=None, progress=None)


def begun(found: MatchingRound) -> MatchingRound:
    """The round with the work on it begun; failed, if that was begun too often without coming to an end."""
    if found.tries >= MOST_TRIES:
        detail = f"The work on it ended {MOST_TRIES} times without a result: see the logs, or take fewer candidates."
        return replace(moved(found, S.FAILED), problem=Problem(code="round-crashed", detail=detail))
    return replace(moved(found, S.COMPUTING), tries=found.tries + 1, problem=None)


def round_view(found: MatchingRound, counts: Mapping[Outcome | None, int], report: Report | None) -> RoundView:
    """The round as coordinators see it."""
    progress = found.progress
    return RoundView(
        round_id=found.round_id,
        programme=found.programme,
        state=found.state,
        options=found.options,
        candidates=found.candidates,
        wishes=found.wishes,
        progress=progress and ProgressView(stage=progress.stage, done=progress.done, total=progress.total),
        problem=found.problem,
        created_by=found.created_by,
        created_at=found.created_at,
        pairs=sum(counts.values()),
        published=counts.get(Outcome.PUBLISHED, 0),
        left_out=counts.get(Outcome.LEFT_OUT, 0),
        report=report,
    )


def pair_views(pairs: Iterable[RoundPair]) -> list[RoundPairView]:
    """Pairs as coordinators see them."""
    return [
        RoundPairView(
            application_id=one.application_id,
            offer_id=one.offer_id,
            score=one.score / 100,
            pinned=one.pinned,
            outcome=one.outcome,
            reason=one.reason,
            proposal_id=one.proposal_id,
        )
        for one in pairs
    ]
