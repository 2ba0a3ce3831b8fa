"""Who may see what. Pages show the public part to everybody."""

from shared.events.base import Event
from shared.events.evaluation import AlertRaised
from shared.primitives.actor import Actor
from shared.primitives.terms import Role

_SEE_ALL = (Role.COORDINATOR, Role.OPERATOR, Role.SERVICE)
_INTERNAL_EVENTS = (AlertRaised,)
_INTERNAL_FIELDS = frozenset({"ratings", "codes", "reason"})


def may_see(actor: Actor, event: Event) -> bool:
    """Whether the actor may know of the event. Alerts are for those who can do something about them."""
    return actor.has(*_SEE_ALL) or not isinstance(event, _INTERNAL_EVENTS)


def fields_hidden_from(actor: Actor) -> frozenset[str]:
    """Fields of events that the actor does not see: single ratings, and why somebody refused, declined or withdrew."""
    return frozenset() if actor.has(*_SEE_ALL) else _INTERNAL_FIELDS
