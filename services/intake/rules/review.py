"""How reviewers' judgements become a verdict.

Two reviewers judge eligibility and quality. If their weighted scores lie 2 or more apart, or they differ about
eligibility, a third is called. An application passes with a weighted mean of 3.0 and no criterion below 2 (means of
the reviewers).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean

from pydantic import BaseModel, ConfigDict, Field

from shared.primitives.actor import Actor

REVIEWERS = 2
SPREAD_FOR_A_THIRD = 2.0
PASS = 3.0
LOWEST_CRITERION = 2.0


class Criterion(StrEnum):
    """What quality is judged by."""

    CLARITY = "clarity"
    PEER_USEFULNESS = "peer_usefulness"
    AUTHORITY = "authority"
    RESULT = "result"
    FEASIBILITY = "feasibility"
    DISSEMINATION = "dissemination"


# In percent: whole numbers, so that 3.0 is 3.0 and a spread of 2 is 2.
WEIGHTS: Mapping[Criterion, int] = {
    Criterion.CLARITY: 25,
    Criterion.PEER_USEFULNESS: 20,
    Criterion.AUTHORITY: 20,
    Criterion.RESULT: 20,
    Criterion.FEASIBILITY: 10,
    Criterion.DISSEMINATION: 5,
}


class Eligibility(BaseModel):
    """What a person confirms. Each `False` is a reason to refuse."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    public_body: bool
    participants_elected_or_staff: bool
    non_commercial: bool
    association_informed: bool
    no_safety_block: bool

    def failed(self) -> tuple[str, ...]:
        """Codes of what is not met."""
        return tuple(f"not-{name.replace('_', '-')}" for name, met in self.model_dump().items() if not met)


class Scores(BaseModel):
    """0 (absent) to 5 (excellent) for each criterion."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    clarity: int = Field(ge=0, le=5)
    peer_usefulness: int = Field(ge=0, le=5)
    authority: int = Field(ge=0, le=5)
    result: int = Field(ge=0, le=5)
    feasibility: int = Field(ge=0, le=5)
    dissemination: int = Field(ge=0, le=5)

    def weighted(self) -> float:
        """The weighted sum, 0 to 5."""
        return sum(WEIGHTS[criterion] * int(getattr(self, criterion)) for criterion in Criterion) / 100


@dataclass(frozen=True, slots=True)
class Review:
    """One reviewer's judgement; a recused reviewer has a conflict of interest and judges nothing."""

    reviewer: str
    eligibility: Eligibility | None
    scores: Scores | None

    @property
    def recused(self) -> bool:
        """Whether the reviewer has declared a conflict of interest."""
        return self.eligibility is None or self.scores is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Validated if `codes` is empty, else rejected for these reasons."""

    codes: tuple[str, ...]
    score: float

    @property
    def validated(self) -> bool:
        """Whether the application passes."""
        return not self.codes


def reviewer_of(actor: Actor) -> str:
    """Who judges: the member, where one is named, since one program can hand in what several people have judged."""
    return f"member:{actor.member_id}" if actor.member_id else actor.account


def verdict(reviews: Sequence[Review]) -> Verdict | None:
    """The verdict of these reviews, or None while another reviewer is needed."""
    judged = [(r.eligibility, r.scores) for r in reviews if r.eligibility is not None and r.scores is not None]
    if len(judged) < REVIEWERS:
        return None
    eligibilities = [eligibility for eligibility, _ in judged]
    scores = [score for _, score in judged]
    if len(judged) == REVIEWERS and _differ(eligibilities, scores):
        return None
    refused = [e.failed() for e in eligibilities if e.failed()]
    mean = fmean(s.weighted() for s in scores)
    if len(refused) * 2 > len(judged):
        return Verdict(tuple(sorted({code for codes in refused for code in codes})), mean)
    weak = [c for c in Criterion if sum(getattr(s, c) for s in scores) / len(scores) < LOWEST_CRITERION]
    codes = tuple(f"weak-{criterion.replace('_', '-')}" for criterion in weak)
    return Verdict(codes or (() if mean >= PASS else ("below-threshold",)), mean)


def _differ(eligibilities: Sequence[Eligibility], scores: Sequence[Scores]) -> bool:
    weighted = [score.weighted() for score in scores]
    split = len({bool(eligibility.failed()) for eligibility in eligibilities}) > 1
    return split or max(weighted) - min(weighted) >= SPREAD_FOR_A_THIRD
