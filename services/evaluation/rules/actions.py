"""What the requester commits to do after the exchange."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.evaluation.rules.exchanges import Exchange, completed_day
from shared.events.evaluation import ActionAgreed
from shared.primitives.errors import FieldProblem, Invalid

LONGEST_WHAT = 500
LEAP_DAY = (2, 29)


class ActionState(StrEnum):
    """Actions are followed up after 6 and 12 months, which has its own steps."""

    AGREED = "agreed"
    DONE = "done"
    PARTIAL = "partial"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Action:
    """`owner_id` is the member who sees to it."""

    action_id: UUID
    exchange_id: UUID
    application_id: UUID
    owner_id: UUID
    what: str
    due: date
    state: ActionState = ActionState.AGREED


def a_year_after(day: date) -> date:
    """The same day of the next year; 28 February for a leap day."""
    return (
        day.replace(year=day.year + 1, day=28) if (day.month, day.day) == LEAP_DAY else day.replace(year=day.year + 1)
    )


def agreed(exchange: Exchange, action_id: UUID, owner_id: UUID, what: str, due: date) -> Action:
    """The action, due within 12 months after the completion.

    Raises `WrongState` before the completion, `Invalid` for another due day, or for a text that is empty or too long.
    """
    completed_on = completed_day(exchange)
    latest = a_year_after(completed_on)
    problems = []
    if not completed_on <= due <= latest:
        problems.append(FieldProblem("/due", "out-of-range", f"Choose a day from {completed_on} to {latest}."))
    if not what.strip() or len(what) > LONGEST_WHAT:
        detail = f"Say what will be done, in {LONGEST_WHAT} characters or fewer."
        problems.append(FieldProblem("/what", "length", detail))
    if problems:
        raise Invalid("action-invalid", "The action can't be agreed as it is.", fields=tuple(problems))
    return Action(action_id, exchange.exchange_id, exchange.application_id, owner_id, what.strip(), due)


def agreed_event(action: Action) -> ActionAgreed:
    """What is announced of an action: who owns it and when it is due, not what it is."""
    return ActionAgreed(
        action_id=action.action_id,
        exchange_id=action.exchange_id,
        application_id=action.application_id,
        owner_id=action.owner_id,
        due=action.due,
    )
