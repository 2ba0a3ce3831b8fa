"""What a coordinator's desk asks: who are the best, why this one, why not that one, what could be relaxed."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from services.matching.engine.index.offers import Hit
from services.matching.engine.relaxing import Relaxation, effects, relaxed
from services.matching.engine.search import filtered_out
from services.matching.engine.search import search as search_offers
from services.matching.engine.values import Favour, Found, Request, Scale, Weights
from services.matching.engine.verdicts import Verdict, judge
from services.matching.rules import access
from services.matching.rules.desk import (
    EffectView,
    OpenSearchView,
    RankingView,
    Titled,
    VerdictView,
    effect_view,
    ranked_views,
    verdict_view,
)
from services.matching.rules.phrases import shared_phrases
from services.matching.rules.proposals import Proposal
from services.matching.rules.searches import Search, SearchState
from services.matching.rules.words import Standing
from services.matching.storage import offers, proposals, searches
from services.matching.storage.ground import Ground, ground_of
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, require
from shared.wording.speech import speech

WAS_AMONG = 200  # ranks before, as far down as they are told


@dataclass(frozen=True, slots=True)
class Rank:
    """The best `top` offers for an application; under other weights, with others favoured or with less asked for, where
    these are given."""

    application_id: UUID
    top: int
    weights: Weights | None = None
    favour: Favour | None = None
    relax: tuple[Relaxation, ...] = ()

    @property
    def is_trial(self) -> bool:
        """Whether anything is tried out, so that the ranks as they are are told beside it."""
        return self.weights is not None or self.favour is not None or bool(self.relax)


@dataclass(frozen=True, slots=True)
class AskWhy:
    """Why this offer, or why not, in words of a language."""

    application_id: UUID
    offer_id: UUID
    language: str = "en"


@dataclass(frozen=True, slots=True)
class AskWhatToRelax:
    """What could be relaxed in the search of an application."""

    application_id: UUID
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ListSearches:
    """Searches that are not at their end, `limit` of them after an application; of a state or a programme only.

    `reference`: the search of that application, wherever it stands.
    """

    state: SearchState | None
    programme: str | None
    reference: str | None
    after: UUID | None
    limit: int


async def ranking(work: UnitOfWork, asked: Rank) -> RankingView:
    """The ranked list as it would be now. Nothing is stored, whatever is tried out."""
    search, ground = await _at_the_desk(work, asked.application_id)
    as_it_is, index = ground.request_of(search), ground.living.index
    request, scale = relaxed(as_it_is, asked.relax), ground.scale
    if asked.weights is not None:
        scale = replace(scale, weights=asked.weights)
    if asked.favour is not None:
        scale = replace(scale, favour=asked.favour)
    hits = index.search(request, scale, top=asked.top)
    found = await _explained(work, request, hits.best, scale)
    before = index.best(as_it_is, ground.scale, top=WAS_AMONG) if asked.is_trial else hits.best
    was = {hit.offer_id: rank for rank, hit in enumerate(before, start=1)}
    ids = [one.candidate.offer_id for one in found.ranked]
    titles = await offers.titles(work.connection, ids)
    return RankingView(
        application_id=search.application_id,
        state=search.state,
        programme=search.application.programme,
        policy=search.policy,
        weights=scale.weights,
        favour=scale.favour,
        relaxed=tuple(sorted(search.relax | set(asked.relax))),
        considered=hits.considered,
        passed=hits.passed,
        filtered=filtered_out(index.removed_by_each(request)),
        offers=ranked_views(found.ranked, titles, await _latest(work, search), was),
    )


async def verdict(work: UnitOfWork, asked: AskWhy) -> VerdictView:
    """Why an offer is proposed to an application, or why not."""
    search, ground = await _at_the_desk(work, asked.application_id)
    known = await offers.candidates(work.connection, [asked.offer_id])
    if not known:
        raise NotFound("no-such-offer", "There is no open offer with this id.")
    request = ground.request_of(search)
    judged = judge(request, known[0], ground.scale, already=search.relax)
    titles, application = await offers.titles(work.connection, [asked.offer_id]), search.application
    return verdict_view(
        search,
        judged,
        requester=request.place,
        standing=await _standing(work, request, judged, ground),
        phrases=shared_phrases(
            request.themes & judged.candidate.themes,
            Titled(application.title, application.title_language),
            titles[asked.offer_id],
        ),
        speech=speech(asked.language),
    )


async def what_to_relax(work: UnitOfWork, asked: AskWhatToRelax) -> list[EffectView]:
    """What the applicant could do without, and how many offers would pass then; the most first."""
    search = await _search(work, asked.application_id)
    if not access.may_see(work.actor, frozenset({search.application.organisation.organisation_id})):
        raise _unknown()
    ground = await ground_of(work, search)
    look = partial(ground.living.index.search, scale=ground.plain_scale, top=1)
    found = effects(ground.request_of(search), look, already=search.relax)
    return [effect_view(one, speech(asked.language)) for one in found]


async def open_searches(work: UnitOfWork, asked: ListSearches) -> list[OpenSearchView]:
    """The searches that coordinators have before them, in the order of their applications."""
    require(access.may(work.actor, "use the desk"), "use the desk")
    return await searches.open_searches(
        work.connection, asked.state, asked.programme, asked.reference, asked.after, asked.limit
    )


async def _at_the_desk(work: UnitOfWork, application_id: UUID) -> tuple[Search, Ground]:
    require(access.may(work.actor, "use the desk"), "use the desk")
    search = await _search(work, application_id)
    return search, await ground_of(work, search)


async def _search(work: UnitOfWork, application_id: UUID) -> Search:
    search = await searches.load_search(work.connection, application_id)
    if search is None:
        raise _unknown()
    return search


def _unknown() -> NotFound:
    return NotFound("no-such-search", "No peers were searched for an application with this id of your organisation.")


async def _explained(work: UnitOfWork, request: Request, best: Iterable[Hit], scale: Scale) -> Found:
    """What the index found, as the offers are now; one that has changed in this moment may have left the list."""
    ids = [hit.offer_id for hit in best]
    return search_offers(request, await offers.candidates(work.connection, ids), scale, top=len(ids))


async def _standing(work: UnitOfWork, request: Request, judged: Verdict, ground: Ground) -> Standing:
    """Where an offer stands in the order of the search, in which organisations that were asked for come first."""
    index, mine, proposed = ground.living.index, judged.candidate, ground.policy.proposals
    hits, found = index.search(request, ground.scale, top=proposed), None
    if judged.ranked is not None:
        hit = Hit(mine.offer_id, judged.ranked.placed)
        found = index.rank(request, ground.scale, hit)
    if found is None:
        return Standing(None, hits.passed)
    if found.place <= proposed:
        return Standing(found.place, hits.passed, is_proposed=True, missing=0.0)
    last = hits.best[-1]
    others = await offers.candidates(work.connection, [last.offer_id])
    if mine.organisation_id not in request.preferred and any(
        one.organisation_id in request.preferred for one in others
    ):
        return Standing(found.place, hits.passed, wished_first=True)
    return Standing(found.place, hits.passed, missing=max(0, last.points - hit.points) / 100)


async def _latest(work: UnitOfWork, search: Search) -> dict[UUID, Proposal]:
    """The latest proposal of each offer to this application."""
    found = await proposals.proposals_of(work.connection, search.application_id)
    return {one.offer_id: one for one in reversed(found)}
