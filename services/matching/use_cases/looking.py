"""Looking over all offers for one search: the index tells which are the best, the database what they are now."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.matching.engine.filters import obstacles
from services.matching.engine.index.offers import Hit
from services.matching.engine.raising import raises
from services.matching.engine.search import filtered_out
from services.matching.engine.search import search as search_offers
from services.matching.engine.values import Candidate, Found, Request, Scale
from services.matching.engine.verdicts import Verdict, judge
from services.matching.rules.searches import Search
from services.matching.storage import offers
from services.matching.storage.ground import Ground, Own
from services.matching.storage.living import Living
from shared.events.matching import FilteredOut
from shared.postgres.unit_of_work import UnitOfWork

TRIES = 3


async def find_best(work: UnitOfWork, search: Search, ground: Ground) -> Found:
    """The best of all offers by the policy that is pinned to the search; how many were ruled out where none was found.

    What others have committed counts, and what this unit has changed itself. An offer that changes in this very moment
    sends us back to the index; if one does so each time, it is proposed as it is then or not at all.
    """
    request, living, own = ground.request_of(search), ground.living, ground.own
    scale, top = ground.scale, ground.policy.proposals
    for tries_left in reversed(range(TRIES)):
        others = replace(request, refused=request.refused | own.keys())
        hits = living.index.best(others, scale, top=top)
        now = await living.facts(work.connection, [hit.offer_id for hit in hits])
        found = search_offers(request, [*now, *_alive(own)], scale, top=top)
        checked = search_offers(others, now, scale, top=len(now)) if own else found
        if _is_what_it_was(hits, checked) or not tries_left:
            break
        own, scale = await living.catch_up(work.connection), ground.scale
    filtered = () if found.ranked else _filtered(living, request, own)
    considered = len(living.index) - sum(one in living.index for one in own) + len(_alive(own))
    return replace(_with_raises(found, request, scale), considered=considered, filtered=filtered)


def find_among(search: Search, candidates: Iterable[Candidate], ground: Ground) -> Found:
    """The best of these candidates by the policy that is pinned to the search."""
    request, scale = ground.request_of(search), ground.scale
    return _with_raises(search_offers(request, candidates, scale, top=ground.policy.proposals), request, scale)


async def judge_offers(
    work: UnitOfWork, search: Search, offer_ids: Sequence[UUID], ground: Ground
) -> dict[UUID, Verdict | None]:
    """What the search makes of each of these offers as they are now; None of those that are closed or never were."""
    known = {one.offer_id: one for one in await offers.candidates(work.connection, offer_ids)}
    request, scale = ground.request_of(search), ground.scale
    return {one: judge(request, known[one], scale) if one in known else None for one in offer_ids}


def _with_raises(found: Found, request: Request, scale: Scale) -> Found:
    return replace(found, ranked=tuple(replace(one, raises=raises(request, one, scale)) for one in found.ranked))


def _is_what_it_was(hits: Sequence[Hit], found: Found) -> bool:
    now = [(one.candidate.offer_id, one.placed) for one in found.ranked]
    return now == [tuple(hit) for hit in hits]


def _filtered(living: Living, request: Request, own: Own) -> tuple[FilteredOut, ...]:
    removed = living.index.removed_by_each(request, without=own.keys())
    for candidate in _alive(own):
        removed.update(obstacles(request, candidate))
    return filtered_out(removed)


def _alive(own: Own) -> Collection[Candidate]:
    return [one for one in own.values() if one is not None]
