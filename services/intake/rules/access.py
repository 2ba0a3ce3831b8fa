"""Who may do what in intake. What is not listed is denied."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from shared.primitives.actor import Actor
from shared.primitives.terms import Role

Action = Literal[
    "register-organisation",
    "register-member",
    "write-application",
    "enter-from-paper",
    "read-application",
    "review-application",
    "withdraw-application",
    "write-offer",
    "judge-offer",
    "read-offer",
]

MEMBERS = (Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How the actor stands to the thing: it is its own organisation's, or one of its association's members'."""

    actor: Actor
    own: bool
    in_association: bool

    @property
    def coordinator(self) -> bool:
        return self.actor.has(Role.COORDINATOR)


RULES: Mapping[Action, Callable[[_Standing], bool]] = {
    "register-organisation": lambda who: who.coordinator,
    "register-member": lambda who: who.coordinator or (who.own and who.actor.has(*MEMBERS)),
    "write-application": lambda who: who.coordinator or (who.own and who.actor.has(Role.APPLICANT)),
    "withdraw-application": lambda who: who.coordinator or (who.own and who.actor.has(Role.APPLICANT)),
    "enter-from-paper": lambda who: who.coordinator,
    "read-application": lambda who: (
        who.coordinator
        or who.own
        or (who.in_association and who.actor.has(Role.ASSOCIATION))
        or who.actor.has(Role.REVIEWER, Role.OPERATOR)
    ),
    "review-application": lambda who: who.actor.has(Role.REVIEWER) and not who.own,
    "write-offer": lambda who: who.coordinator or (who.own and who.actor.has(Role.EXPERT)),
    "judge-offer": lambda who: (who.coordinator or who.actor.has(Role.REVIEWER)) and not who.own,
    "read-offer": lambda who: who.coordinator or who.own or who.actor.has(Role.REVIEWER, Role.OPERATOR),
}


def may(
    actor: Actor, action: Action, *, organisation_id: UUID | None = None, association_id: UUID | None = None
) -> bool:
    """Whether the actor may do this with something of that organisation, which belongs to that association."""
    standing = _Standing(actor, actor.speaks_for(organisation_id), actor.speaks_for(association_id))
    return RULES[action](standing)
