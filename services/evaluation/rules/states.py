"""State machines as tables: what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from shared.primitives.errors import WrongState

State = TypeVar("State", bound=StrEnum)
Transitions = Mapping[State, frozenset[State]]


def require_step(transitions: Transitions[State], what: str, state: State, to: State) -> None:
    """Raise `WrongState`, with a code such as `survey-is-submitted`, unless the table allows the step."""
    if to not in transitions[state]:
        following = ", ".join(sorted(transitions[state])) or "nothing"
        raise WrongState(f"{what}-is-{state}", f"This {what} is {state}, and only {following} can follow, not {to}.")
