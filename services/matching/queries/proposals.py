"""What can be read of searches and proposals, by those whom they concern."""

from uuid import UUID

from services.matching.rules import access
from services.matching.rules.views import ProposalView, SearchView, proposal_view, search_view
from services.matching.storage import proposals, searches
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound


async def proposal(connection: Connection, actor: Actor, proposal_id: UUID) -> ProposalView:
    """One proposal, for its two sides and for overseers."""
    found = await proposals.load_proposal(connection, proposal_id)
    if found is None or not access.may_see_proposal(actor, found):
        raise NotFound("no-such-proposal", "There is no proposal with this id among those of your organisation.")
    return proposal_view(found)


async def application_proposals(connection: Connection, actor: Actor, application_id: UUID) -> list[ProposalView]:
    """The proposals of an application that concern the actor, the latest search first, the best first."""
    found = await proposals.proposals_of(connection, application_id)
    return [proposal_view(one) for one in found if access.may_see_proposal(actor, one)]


async def search(connection: Connection, actor: Actor, application_id: UUID) -> SearchView:
    """The search of an application, for the applicant's organisation and for overseers."""
    found = await searches.load_search(connection, application_id)
    if found is None or not access.may_see(actor, frozenset({found.application.organisation.organisation_id})):
        raise NotFound("no-such-search", "No peers were searched for an application with this id of your organisation.")
    return search_view(found)
