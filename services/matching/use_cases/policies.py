"""Setting how a programme matches."""

from dataclasses import dataclass

from services.matching.rules import access
from services.matching.rules.policy import Policy, Terms
from services.matching.storage import policies
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import WrongState, require


@dataclass(frozen=True, slots=True)
class SetTerms:
    """The terms of a programme from now on; `based_on`: the version that whoever sets them has seen, None for none."""

    programme: str
    terms: Terms
    based_on: int | None


async def set_terms(work: UnitOfWork, command: SetTerms) -> Policy:
    """Save the next version. Searches that have begun keep theirs.

    Raises WrongState if somebody has saved another version since the one that this is based on.
    """
    require(access.may(work.actor, "set policies"), "set policies")
    newest = await policies.lock_newest(work.connection, command.programme)
    if newest != command.based_on:
        there = "no version yet" if newest is None else f"version {newest} by now"
        raise WrongState("policy-changed", f"{command.programme} has {there}: look at it, then try again.")
    return await policies.add_policy(work.connection, command.programme, command.terms, work.actor.account)
