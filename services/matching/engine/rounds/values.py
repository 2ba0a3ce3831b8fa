"""What a round takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, field_validator

POINT = 100  # scores are whole hundredths of a point
HIGHEST = 100 * POINT
MANY = 1_000_000  # no expert has so many exchanges, and sums of so many steps are far from the limits of 64 bits
FINEST = 10_000  # steps of the fairness term in a full score: one is a hundredth of a point

Pair = tuple[UUID, UUID]


@dataclass(frozen=True, slots=True)
class OpenApplication:
    """An application that seeks a peer. `south`: it comes from the Global South; `first_timer`: it never had a peer."""

    application_id: UUID
    country: str
    south: bool
    first_timer: bool


@dataclass(frozen=True, slots=True)
class OpenOffer:
    """An offer, and the expert who stands behind it.

    `capacity`: places left. The rest describes the expert and is the same in all offers of one: `load` counts the
    exchanges that they have taken on before the round, over all of their offers; `first_timer`: they never had one.
    """

    offer_id: UUID
    member_id: UUID
    capacity: int
    load: int
    south: bool
    first_timer: bool


class Pairing(NamedTuple):
    """A pair that passes every hard filter, with its score in whole hundredths of a point, 0 to 10,000."""

    application_id: UUID
    offer_id: UUID
    score: int


@dataclass(frozen=True, slots=True)
class Round:
    """Everything that competes. The order of the parts means nothing."""

    applications: Sequence[OpenApplication]
    offers: Sequence[OpenOffer]
    pairings: Sequence[Pairing]


class Options(BaseModel):
    """How a round is solved.

    `fairness`: the share of a full score that an expert's first exchange costs, the second twice as much; a multiple of
    0.0001. `proposals`: how many an application gets at most. `seed` decides between results that are equally good.
    `listed`: how many entries the lists of a report have at most, where they could be long.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fairness: float = Field(default=0.0, ge=0, le=1, allow_inf_nan=False)
    proposals: int = Field(default=1, ge=1, le=20)
    seed: int = Field(default=0, ge=0, lt=2**63)
    listed: int = Field(default=100, ge=0)

    @field_validator("fairness")
    @classmethod
    def _is_whole(cls, fairness: float) -> float:
        if abs(fairness * FINEST - round(fairness * FINEST)) > 1e-6:
            raise ValueError(f"{fairness:g} is not a multiple of {1 / FINEST:g}")
        return fairness

    @property
    def step(self) -> int:
        """What the first exchange of an expert costs, in hundredths of a point."""
        return round(self.fairness * FINEST)


@dataclass(frozen=True, slots=True)
class Adjustments:
    """What a coordinator decides: pairs of an application and an offer that must be, and that must not."""

    pins: frozenset[Pair] = field(default_factory=frozenset)
    bans: frozenset[Pair] = field(default_factory=frozenset)
