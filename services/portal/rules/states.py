"""The states in which people see a case, and the five stages that they are filtered by."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a case is, seen from outside. The services that own its parts have finer states."""

    HEARD_OF = "heard-of"
    SUBMITTED = "submitted"
    INFORMATION_REQUESTED = "information-requested"
    IN_REVIEW = "in-review"
    SEARCHING = "searching"
    PROPOSED = "proposed"
    NO_MATCH = "no-match"
    CALL_OPEN = "call-open"
    MATCHED = "matched"
    PLANNED = "planned"
    AGREED = "agreed"
    PREPARING = "preparing"
    READY = "ready"
    POSTPONED = "postponed"
    IN_PROGRESS = "in-progress"
    COMPLETED = "completed"
    REPORTED = "reported"
    FOLLOWING_UP = "following-up"
    CLOSED = "closed"
    CLOSED_UNMATCHED = "closed-unmatched"
    CANCELLED = "cancelled"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Stage(StrEnum):
    """The coarse place of a case in its journey."""

    ASKING = "asking"
    SEARCHING = "searching"
    EXCHANGING = "exchanging"
    CLOSED = "closed"
    STOPPED = "stopped"


class Milestone(StrEnum):
    """The six steps of the journey, in their order."""

    ASK = "ask"
    VALIDATE = "validate"
    SEARCH = "search"
    EXCHANGE = "exchange"
    EVALUATE = "evaluate"
    MULTIPLY = "multiply"


_STAGES: Mapping[Stage, tuple[State, ...]] = {
    Stage.ASKING: (State.HEARD_OF, State.SUBMITTED, State.INFORMATION_REQUESTED, State.IN_REVIEW),
    Stage.SEARCHING: (State.SEARCHING, State.PROPOSED, State.NO_MATCH, State.CALL_OPEN),
    Stage.EXCHANGING: (
        State.MATCHED,
        State.PLANNED,
        State.AGREED,
        State.PREPARING,
        State.READY,
        State.POSTPONED,
        State.IN_PROGRESS,
        State.COMPLETED,
        State.REPORTED,
        State.FOLLOWING_UP,
    ),
    Stage.CLOSED: (State.CLOSED,),
    Stage.STOPPED: (State.CLOSED_UNMATCHED, State.CANCELLED, State.REJECTED, State.WITHDRAWN),
}
STAGE_OF: Mapping[State, Stage] = {state: stage for stage, states in _STAGES.items() for state in states}

_MILESTONES: Mapping[Milestone, tuple[State, ...]] = {
    Milestone.ASK: (State.HEARD_OF, State.SUBMITTED, State.INFORMATION_REQUESTED, State.WITHDRAWN),
    Milestone.VALIDATE: (State.IN_REVIEW, State.REJECTED),
    Milestone.SEARCH: (State.SEARCHING, State.PROPOSED, State.NO_MATCH, State.CALL_OPEN, State.CLOSED_UNMATCHED),
    Milestone.EXCHANGE: (
        State.MATCHED,
        State.PLANNED,
        State.AGREED,
        State.PREPARING,
        State.READY,
        State.POSTPONED,
        State.IN_PROGRESS,
        State.CANCELLED,
    ),
    Milestone.EVALUATE: (State.COMPLETED, State.REPORTED),
    Milestone.MULTIPLY: (State.FOLLOWING_UP, State.CLOSED),
}
MILESTONE_OF: Mapping[State, Milestone] = {state: step for step, states in _MILESTONES.items() for state in states}
