"""What monitor decides, on values alone: where a case stands, what is stuck, the order of events, lengths of steps."""

from shared.primitives.actor import Actor
from shared.primitives.terms import Role

SEE_THE_CONSOLE = "see the operators' console"


def may(actor: Actor, action: str) -> bool:
    """Whether the actor may do this. There is one action, to look, and it is for operators."""
    return action == SEE_THE_CONSOLE and actor.has(Role.OPERATOR)
