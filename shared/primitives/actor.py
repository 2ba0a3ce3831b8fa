"""Who asks for something to be done."""

from dataclasses import dataclass
from uuid import UUID

from shared.primitives.terms import Role


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in account, or a service: `account` names it in records; roles and organisation say what it may do."""

    account: str
    roles: frozenset[Role] = frozenset()
    member_id: UUID | None = None
    organisation_id: UUID | None = None

    def has(self, *roles: Role) -> bool:
        """Whether the actor holds at least one of the roles."""
        return not self.roles.isdisjoint(roles)

    def speaks_for(self, organisation_id: UUID | None) -> bool:
        """Whether the actor belongs to that organisation. Nobody speaks for an unnamed one."""
        return organisation_id is not None and self.organisation_id == organisation_id


def service_actor(name: str) -> Actor:
    """The actor of reactions and schedules: the service itself."""
    return Actor(account=f"service:{name}", roles=frozenset({Role.SERVICE}))
