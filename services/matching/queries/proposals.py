"""What can be read of searches and proposals, by those whom they concern."""

from uuid import UUID

from services.matching.rules import access
from services.matching.rules.reading import request_of
from services.matching.rules.views import ProposalView, SearchView, proposal_view, search_view
from services.matching.rules.words import PairWords, pair_words
from services.matching.storage import offers, proposals, searches
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound
from shared.wording.speech import speech


async def proposal(connection: Connection, actor: Actor, proposal_id: UUID) -> ProposalView:
    """One proposal, for its two sides and for overseers."""
    found = await proposals.load_proposal(connection, proposal_id)
    if found is None or not access.may_see_proposal(actor, found):
        raise NotFound("no-such-proposal", "There is no proposal with this id among those of your organisation.")
    return proposal_view(found)


async def explanation(connection: Connection, actor: Actor, proposal_id: UUID, language: str) -> PairWords:
    """Why a proposal was made, in words, for those who may see it."""
    found = await proposal(connection, actor, proposal_id)
    search = await searches.load_search(connection, found.application_id)
    assert search is not None  # a proposal refers to it
    places = (request_of(search.application).place, await offers.offerer_place(connection, found.offer_id))
    return pair_words(speech(language), found.score, found.contributions, found.raises, places)


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
