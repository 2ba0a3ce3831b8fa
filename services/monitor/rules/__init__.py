"""What monitor decides, on values alone.

Where a case stands, what is stuck, the order of events, lengths of steps, and who may do what.
"""

from shared.primitives.actor import Actor
from shared.primitives.terms import Role

SEE_THE_CONSOLE = "see the operators' console"
READ_MESSAGES = "read the message of a dead letter"
SETTLE_DEAD_LETTERS = "settle dead letters"
OF_OPERATORS = frozenset({SEE_THE_CONSOLE, READ_MESSAGES, SETTLE_DEAD_LETTERS})


def may(actor: Actor, action: str) -> bool:
    """Whether the actor may do this. All there is to do is for operators; what is not listed is for nobody."""
    return action in OF_OPERATORS and actor.has(Role.OPERATOR)
