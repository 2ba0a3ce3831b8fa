"""How the programme matches: what can be set, and is pinned to a search when it is opened."""

from dataclasses import dataclass
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.matching.engine.values import Scale, Weights


class Policy(BaseModel):
    """Weights of the factors, how many proposals a search publishes at once, and working days to answer one."""

    model_config = ConfigDict(frozen=True)

    version: int
    weights: Weights
    proposals: int = Field(ge=1)
    answer_days: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What one search goes by: its policy, the scale of scores, and offers that came to nothing for it before."""

    policy: Policy
    scale: Scale
    refused: frozenset[UUID]
