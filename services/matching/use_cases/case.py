"""A search with its proposals, locked together; and what many endings have in common."""

from dataclasses import dataclass, replace
from uuid import UUID

from services.matching.rules.proposals import Proposal, ProposalState, SupersededBecause, moved
from services.matching.rules.searches import Search, SearchState
from services.matching.storage import bookings, proposals, searches
from services.matching.use_cases.searching import look_for_peers
from shared.events.matching import MatchSuperseded
from shared.postgres.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Case:
    """The search of one application and all of its proposals, locked until the commit."""

    search: Search
    proposals: dict[UUID, Proposal]

    @property
    def open_proposals(self) -> list[Proposal]:
        """Those that can still be answered, in a stable order."""
        return [one for _, one in sorted(self.proposals.items()) if one.is_open]

    def changed(self, *changed: Proposal) -> "Case":
        """The case with these proposals in their new states."""
        return replace(self, proposals=self.proposals | {one.proposal_id: one for one in changed})

    @property
    def match(self) -> Proposal | None:
        """The confirmed proposal."""
        return next((one for one in self.proposals.values() if one.state is ProposalState.CONFIRMED), None)


async def lock_case(work: UnitOfWork, application_id: UUID) -> Case | None:
    """Lock the search, then its proposals; None if there is no search for this application."""
    search = await searches.lock_search(work.connection, application_id)
    if search is None:
        return None
    return Case(search, await proposals.lock_proposals(work.connection, application_id))


async def supersede(work: UnitOfWork, proposal: Proposal, because: SupersededBecause) -> Proposal:
    """Make a proposal void and tell both sides why."""
    superseded = moved(proposal, ProposalState.SUPERSEDED, reason=because)
    await proposals.save_proposal(work.connection, superseded)
    tell_superseded(work, superseded, because)
    return superseded


def tell_superseded(work: UnitOfWork, proposal: Proposal, because: SupersededBecause) -> None:
    """Announce that a proposal is void."""
    work.announce(
        MatchSuperseded(proposal_id=proposal.proposal_id, application_id=proposal.application_id, reason=because),
        case=proposal.application_id,
    )


async def cancel_match(work: UnitOfWork, match: Proposal) -> None:
    """Undo a confirmed match: the place and the expert's days are free again."""
    await proposals.save_proposal(work.connection, moved(match, ProposalState.CANCELLED))
    await bookings.release(work.connection, match)


async def after_loss(work: UnitOfWork, case: Case) -> None:
    """Search anew if the last open proposal was lost."""
    if case.search.state is SearchState.PROPOSED and not case.open_proposals:
        await look_for_peers(work, case.search)
