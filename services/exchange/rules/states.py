"""The states of an exchange and the ways between them."""

from collections.abc import Mapping
from dataclasses import replace

from services.exchange.rules.values import Exchange, State
from shared.primitives.errors import WrongState

TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.DRAFTING, State.CANCELLED}),
    State.DRAFTING: frozenset({State.AGREED, State.CANCELLED}),
    State.AGREED: frozenset({State.PREPARING, State.POSTPONED, State.CANCELLED}),
    # A change of the schedule goes (back) to preparing: what was ready for the old plan is not for the new one.
    State.PREPARING: frozenset({State.PREPARING, State.READY, State.POSTPONED, State.CANCELLED}),
    State.READY: frozenset({State.PREPARING, State.IN_PROGRESS, State.POSTPONED, State.CANCELLED}),
    State.IN_PROGRESS: frozenset({State.COMPLETED, State.CANCELLED}),
    State.COMPLETED: frozenset({State.REPORTING}),
    State.REPORTING: frozenset({State.FOLLOW_UP}),
    State.FOLLOW_UP: frozenset({State.CLOSED}),
    State.POSTPONED: frozenset({State.PREPARING, State.CANCELLED}),
    State.CLOSED: frozenset(),
    State.CANCELLED: frozenset(),
}


def moved(exchange: Exchange, to: State) -> Exchange:
    """The exchange in its new state. Raises `WrongState` where no way leads there."""
    ways = TRANSITIONS[exchange.state]
    if to not in ways:
        onward = ", ".join(state for state in State if state in ways)
        remedy = f"From here it can become: {onward}." if onward else "Nothing more can be done with it."
        raise WrongState("wrong-state", f"The exchange is {exchange.state}, so it can't become {to}. {remedy}")
    return replace(exchange, state=to)


def require_state(exchange: Exchange, allowed: frozenset[State], what: str) -> None:
    """Raise `WrongState` unless the exchange is in one of the states. `what` completes "… can't be done now"."""
    if exchange.state not in allowed:
        when = ", ".join(state for state in State if state in allowed)
        raise WrongState("wrong-state", f"The exchange is {exchange.state}: {what} only while it is {when}.")
