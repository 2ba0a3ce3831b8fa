"""The JSON API: parse, use case, reply."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, Field

from services.matching import queries, use_cases
from services.matching.engine.text.suggest import LONGEST
from services.matching.rules.proposals import DeclineReason
from services.matching.rules.suggestions import SuggestionsView
from services.matching.rules.views import ProposalView, SearchView
from services.matching.use_cases import AcceptProposal, DeclineProposal, OpenCall, WrittenText
from shared.http.body import Body
from shared.http.call import Call
from shared.vocabulary.languages import language

router = APIRouter(prefix="/v1", tags=["matching"])

MOST_TEXTS = 1000
# A thousand needs of 300 words have room in it; other bodies are held to the usual limit.
LARGER_BODIES = {"/v1/suggestions": 4_000_000}


class AcceptBody(Body):
    """Nothing to say: the side is that of the caller's organisation."""


class DeclineBody(Body):
    """Why the caller's organisation does not agree."""

    reason: DeclineReason


class CallBody(Body):
    """Until when offers are awaited."""

    closes_on: date


class TextBody(Body):
    """The text of a need or an offer; `language` if it is known, as a BCP 47 tag."""

    text: str = Field(max_length=LONGEST)
    language: Annotated[str, Field(max_length=35), AfterValidator(lambda tag: language(tag).code)] | None = None


class SuggestionsBody(Body):
    """Texts that have nothing to do with each other."""

    texts: list[TextBody] = Field(min_length=1, max_length=MOST_TEXTS)


@router.get("/applications/{application_id}/proposals")
async def list_proposals(application_id: UUID, call: Call) -> list[ProposalView]:
    """The proposals of an application that concern the caller's organisation; all of them for coordinators."""
    return await call.read(queries.application_proposals, application_id)


@router.get("/applications/{application_id}/search")
async def show_search(application_id: UUID, call: Call) -> SearchView:
    """Where the search for peers stands, and what each hard filter removed at the last look."""
    return await call.read(queries.search, application_id)


@router.post("/applications/{application_id}/call", status_code=201)
async def open_call(application_id: UUID, body: CallBody, call: Call) -> SearchView:
    """Ask associations for offers, after a search without a match."""
    return await call.command(use_cases.open_call, OpenCall(application_id, body.closes_on))


@router.get("/proposals/{proposal_id}")
async def show_proposal(proposal_id: UUID, call: Call) -> ProposalView:
    """One proposal with what each factor adds to its score."""
    return await call.read(queries.proposal, proposal_id)


@router.post("/proposals/{proposal_id}/acceptance")
async def accept(proposal_id: UUID, call: Call, _body: AcceptBody | None = None) -> ProposalView:
    """Agree to a proposal for the caller's organisation; once both sides have, the match is confirmed."""
    return await call.command(use_cases.accept_proposal, AcceptProposal(proposal_id))


@router.post("/proposals/{proposal_id}/decline")
async def decline(proposal_id: UUID, body: DeclineBody, call: Call) -> ProposalView:
    """Decline a proposal for the caller's organisation."""
    return await call.command(use_cases.decline_proposal, DeclineProposal(proposal_id, body.reason))


@router.post("/suggestions", response_model=list[SuggestionsView])
async def suggest(body: SuggestionsBody, call: Call) -> StreamingResponse:
    """Themes, SDGs and DAC codes that each text seems to speak of, in the order of the texts; nothing is stored."""
    texts = [WrittenText(one.text, one.language) for one in body.texts]
    found = use_cases.suggest_from_texts(call.actor, texts)
    return StreamingResponse(_as_array(found), media_type="application/json")


async def _as_array(views: AsyncIterator[BaseModel]) -> AsyncIterator[str]:
    """A JSON array, piece by piece: a thousand answers at once would hold everybody up while they are written."""
    before = "["
    async for view in views:
        yield before + view.model_dump_json()
        before = ","
    yield "]"
