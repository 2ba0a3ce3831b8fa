"""How a programme matches: what can be set, and is pinned to a search when it is opened."""

from collections.abc import Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from services.matching.engine.values import NO_FAVOUR, Favour, Weights

# The programme of applications that name none, and whose policy those without one of their own go by.
USUAL = "connect"


class Publishing(StrEnum):
    """Who publishes what a search has found."""

    BY_ITSELF = "by-itself"  # the best, at once
    BY_COORDINATOR = "by-coordinator"  # whom a coordinator has chosen


class Terms(BaseModel):
    """What can be set: weights, how many proposals a search publishes at once, working days to answer one, who
    publishes, and who is favoured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: Weights
    proposals: int = Field(ge=1, le=20)
    answer_days: int = Field(ge=1, le=60)
    publishing: Publishing = Publishing.BY_ITSELF
    favour: Favour = NO_FAVOUR


class Policy(Terms):
    """Terms of a programme. Versions count over all programmes; the highest of one is used for its new searches."""

    version: int
    programme: str = USUAL


def newest(policies: Iterable[Policy], programme: str) -> Policy:
    """The policy of a programme; that of the usual one where it has none. There always is that one."""
    of_both = [one for one in policies if one.programme in {programme, USUAL}]
    return max(of_both, key=lambda one: (one.programme == programme, one.version))
