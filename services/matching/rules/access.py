"""Who may see and do what. Nothing is allowed that is not named here."""

from collections.abc import Mapping
from uuid import UUID

from services.matching.rules.proposals import Proposal
from shared.primitives.actor import Actor
from shared.primitives.errors import require
from shared.primitives.terms import Role, Side

PARTIES = (Role.APPLICANT, Role.EXPERT, Role.COORDINATOR)
OVERSEERS = (Role.COORDINATOR, Role.OPERATOR)
ACTIONS: Mapping[str, tuple[Role, ...]] = {
    "open a call": (Role.COORDINATOR,),
    "read calls": (Role.ASSOCIATION, Role.COORDINATOR),
    "use the desk": (Role.COORDINATOR,),
    "choose peers": (Role.COORDINATOR,),
    "set policies": (Role.COORDINATOR,),
    "run rounds": (Role.COORDINATOR,),
    "relax a search": (Role.APPLICANT, Role.COORDINATOR),
    "look for similar offers": (Role.COORDINATOR,),
    # Those who write needs and offers, or help others to.
    "ask for suggestions": (Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION, Role.COORDINATOR),
}


def side_of(actor: Actor, proposal: Proposal) -> Side | None:
    """The side that the actor can speak for: that of their organisation. A coordinator speaks for no other side."""
    if not actor.has(*PARTIES):
        return None
    if actor.speaks_for(proposal.requester_id):
        return Side.REQUESTER
    return Side.OFFERER if actor.speaks_for(proposal.offerer_id) else None


def may_see_proposal(actor: Actor, proposal: Proposal) -> bool:
    """Whether the actor may know of a proposal: its two sides once it was published, overseers before."""
    sides = frozenset({proposal.requester_id, proposal.offerer_id})
    return actor.has(*OVERSEERS) or (proposal.was_published and may_see(actor, sides))


def may(actor: Actor, action: str) -> bool:
    """Whether a role of the actor allows the action."""
    return actor.has(*ACTIONS.get(action, ()))


def may_see(actor: Actor, organisations: frozenset[UUID]) -> bool:
    """Whether the actor may know of what concerns these organisations: theirs, or everything for overseers."""
    return actor.has(*OVERSEERS) or (actor.has(*PARTIES) and actor.organisation_id in organisations)


def association_of(actor: Actor) -> UUID | None:
    """The association whose calls the actor may read; None: those of all. Raises Forbidden where there is neither."""
    require(may(actor, "read calls"), "read calls")
    if actor.has(Role.COORDINATOR):
        return None
    require(actor.organisation_id is not None, "read the calls of an association without belonging to one")
    return actor.organisation_id
