"""The coordinator's desk: the ranked list, why and why not, similar offers, the shortlist, publication, policies."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.matching import queries, use_cases
from services.matching.engine.relaxing import Relaxation
from services.matching.engine.values import Favour, Weights
from services.matching.http_api.reader import Language
from services.matching.queries import AskSimilar, AskWhy, ListSearches, Rank, TryTerms
from services.matching.rules.desk import OpenSearchView, RankingView, VerdictView
from services.matching.rules.effects import TermsEffectView
from services.matching.rules.policy import Policy, Terms
from services.matching.rules.searches import SearchState
from services.matching.rules.similar import SimilarOffersView
from services.matching.rules.views import ProposalView
from services.matching.use_cases import Publish, SetTerms, Shortlist, TakeOff
from shared.events.base import Code
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter()

Top = Annotated[int, Query(ge=1, le=100, description="how many offers")]
Offers = Annotated[tuple[UUID, ...], Field(max_length=20)]


class TryBody(Body):
    """What to try out: other weights, whom to favour, less that is asked for, or all of it."""

    weights: Weights | None = None
    favour: Favour | None = None
    relax: tuple[Relaxation, ...] = ()
    top: int = Field(default=20, ge=1, le=100)


class ShortlistBody(Body):
    """Which offers."""

    offers: Offers = Field(min_length=1)


class PublishBody(Body):
    """Which offers; none: all on the shortlist."""

    offers: Offers = ()


class TermsBody(Body):
    """The terms, and the version that they were made from; null for a programme that has none of its own."""

    terms: Terms
    based_on: int | None


@router.get("/searches")
async def list_searches(
    call: Call,
    state: SearchState | None = None,
    programme: str | None = None,
    reference: Annotated[str | None, Query(description="of one application, also of one that is at its end")] = None,
    after: Annotated[UUID | None, Query(description="the application after which the list goes on")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[OpenSearchView]:
    """Searches that are not at their end, or that of one application, in the order of their applications."""
    return await call.ask(queries.open_searches, ListSearches(state, programme, reference, after, limit))


@router.get("/applications/{application_id}/ranking")
async def show_ranking(application_id: UUID, call: Call, top: Top = 20) -> RankingView:
    """The best offers as they are now, under the policy that is pinned to the search."""
    return await call.ask(queries.ranking, Rank(application_id, top))


@router.post("/applications/{application_id}/ranking/trials")
async def try_ranking(application_id: UUID, body: TryBody, call: Call) -> RankingView:
    """The ranked list with other weights, others favoured or less asked for, beside the ranks as they are."""
    return await call.ask(queries.ranking, Rank(application_id, body.top, body.weights, body.favour, body.relax))


@router.get("/applications/{application_id}/ranking/{offer_id}")
async def explain_offer(application_id: UUID, offer_id: UUID, call: Call, language: Language) -> VerdictView:
    """Why an offer is proposed to an application, or why not, and what would change that."""
    return await call.ask(queries.verdict, AskWhy(application_id, offer_id, language))


@router.get("/applications/{application_id}/similar-offers")
async def list_similar_offers(application_id: UUID, call: Call, top: Top = 10) -> SimilarOffersView:
    """The open offers whose titles are most like that of the application, in whatever language; no proposals."""
    return await call.ask(queries.similar_offers, AskSimilar(application_id, top))


@router.post("/applications/{application_id}/shortlist")
async def shortlist(application_id: UUID, body: ShortlistBody, call: Call) -> list[ProposalView]:
    """Put offers onto the shortlist; nobody outside is told."""
    return await call.command(use_cases.shortlist, Shortlist(application_id, body.offers))


@router.delete("/applications/{application_id}/shortlist/{offer_id}")
async def take_off(application_id: UUID, offer_id: UUID, call: Call) -> ProposalView:
    """Take an offer off the shortlist."""
    return await call.command(use_cases.take_off, TakeOff(application_id, offer_id))


@router.post("/applications/{application_id}/publication")
async def publish(application_id: UUID, call: Call, body: PublishBody | None = None) -> list[ProposalView]:
    """Propose what was chosen to both sides; all of it, or nothing if one of them can't be proposed by now."""
    return await call.command(use_cases.publish_choice, Publish(application_id, body.offers if body else ()))


@router.get("/policies")
async def list_policies(call: Call, programme: str | None = None) -> list[Policy]:
    """How programmes match, every version, the newest first."""
    return await call.read(queries.list_policies, programme)


@router.post("/programmes/{programme}/policy/trials")
async def try_terms(programme: Code, body: Terms, call: Call) -> TermsEffectView:
    """What these terms would change for the newest open searches of a programme. Nothing is saved."""
    return await call.ask(queries.try_terms, TryTerms(programme, body))


@router.post("/programmes/{programme}/policy", status_code=201)
async def set_terms(programme: Code, body: TermsBody, call: Call) -> Policy:
    """Save the terms as the programme's next version; searches that have begun keep theirs."""
    return await call.command(use_cases.set_terms, SetTerms(programme, body.terms, body.based_on))
