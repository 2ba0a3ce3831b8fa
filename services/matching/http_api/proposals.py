"""Searches and proposals, for the two sides and for coordinators: parse, use case, reply."""

from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from services.matching import queries, use_cases
from services.matching.engine.relaxing import Relaxation
from services.matching.http_api.reader import Language
from services.matching.queries import AskWhatToRelax
from services.matching.rules.desk import EffectView
from services.matching.rules.proposals import DeclineReason
from services.matching.rules.views import ProposalView, SearchView
from services.matching.rules.words import PairWords
from services.matching.use_cases import AcceptProposal, DeclineProposal, Relax
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter()


class AcceptBody(Body):
    """Nothing to say: the side is that of the caller's organisation."""


class DeclineBody(Body):
    """Why the caller's organisation does not agree."""

    reason: DeclineReason


class RelaxBody(Body):
    """What the applicant does without."""

    relax: tuple[Relaxation, ...] = Field(min_length=1)


@router.get("/applications/{application_id}/proposals")
async def list_proposals(application_id: UUID, call: Call) -> list[ProposalView]:
    """The proposals of an application that concern the caller's organisation; all of them for coordinators."""
    return await call.read(queries.application_proposals, application_id)


@router.get("/applications/{application_id}/search")
async def show_search(application_id: UUID, call: Call) -> SearchView:
    """Where the search for peers stands, and what each hard filter removed at the last look."""
    return await call.read(queries.search, application_id)


@router.get("/applications/{application_id}/relaxations")
async def list_relaxations(application_id: UUID, call: Call, language: Language) -> list[EffectView]:
    """What could be done without, and how many offers would pass then; the most first. Nothing is changed."""
    return await call.ask(queries.what_to_relax, AskWhatToRelax(application_id, language))


@router.post("/applications/{application_id}/relaxations")
async def relax(application_id: UUID, body: RelaxBody, call: Call) -> SearchView:
    """Search anew with less asked for, after a search without a match."""
    return await call.command(use_cases.relax_search, Relax(application_id, body.relax))


@router.get("/proposals/{proposal_id}")
async def show_proposal(proposal_id: UUID, call: Call) -> ProposalView:
    """One proposal with what each factor adds to its score."""
    return await call.read(queries.proposal, proposal_id)


@router.get("/proposals/{proposal_id}/explanation")
async def explain_proposal(proposal_id: UUID, call: Call, language: Language) -> PairWords:
    """Why a proposal was made, and what would raise its score, in words for its two sides."""
    return await call.read(queries.explanation, proposal_id, language)


@router.post("/proposals/{proposal_id}/acceptance")
async def accept(proposal_id: UUID, call: Call, _body: AcceptBody | None = None) -> ProposalView:
    """Agree to a proposal for the caller's organisation; once both sides have, the match is confirmed."""
    return await call.command(use_cases.accept_proposal, AcceptProposal(proposal_id))


@router.post("/proposals/{proposal_id}/decline")
async def decline(proposal_id: UUID, body: DeclineBody, call: Call) -> ProposalView:
    """Decline a proposal for the caller's organisation."""
    return await call.command(use_cases.decline_proposal, DeclineProposal(proposal_id, body.reason))
