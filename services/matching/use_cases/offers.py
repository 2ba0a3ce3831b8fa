"""The index of offers, kept by their events; an offer that came or changed may end a search that had found nobody."""

from collections.abc import Sequence
from datetime import timedelta

from services.matching.engine.filters import obstacles
from services.matching.engine.values import Candidate, Ranked
from services.matching.rules.policy import Policy
from services.matching.rules.reading import request_for
from services.matching.rules.searches import UNMATCHED, Search, SearchState
from services.matching.storage import marks, offers, proposals, searches
from services.matching.storage.ground import ground_of
from services.matching.use_cases.looking import find_among
from services.matching.use_cases.searching import look_for_peers, put_forward, sequence_of
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound

# Longer than any of our transactions lasts.
UNSEEN_FOR_AT_MOST = timedelta(minutes=10)
RETRY = "retry unmatched"


async def index_offer(work: UnitOfWork, event: OfferPublished) -> None:
    """Put the offer into the index; older news than what is there changes nothing.

    Published again, an offer is replaced and keeps what is reserved of it. If it answers an application that has no
    match and can't be proposed to it either, the applicant is told why.
    """
    if not await offers.save_offer(work.connection, event, sequence_of(work)):
        return
    candidate = await offers.candidate(work.connection, event.offer_id)
    if not await bring_to_searches(work, candidate) and event.answers is not None:
        search = await searches.lock_search(work.connection, event.answers)
        if search is not None and search.state in UNMATCHED:
            await look_for_peers(work, search)


async def change_offer(work: UnitOfWork, event: OfferChanged) -> None:
    """Apply new windows, capacity and whether it is active. Proposals that lose their ground go with the next sweep."""
    if _is_news(await offers.change_offer(work.connection, event, sequence_of(work))) and event.active:
        await bring_to_searches(work, await offers.candidate(work.connection, event.offer_id))


async def close_offer(work: UnitOfWork, event: OfferClosed) -> None:
    """Take the offer out of the index for good. Its open proposals go with the next sweep."""
    _is_news(await offers.close_offer(work.connection, event.offer_id, sequence_of(work)))


async def retry_unmatched(work: UnitOfWork) -> int:
    """Bring offers that came or changed lately to the searches that could not see them; returns how many were helped.

    A search and an offer that are committed in the same moment don't see each other, and no lock on the whole index
    is worth preventing that. A place that was given back, and days that are free again, are brought to others here,
    too. One search is helped at a time; after the last one the look is noted, so that the next goes on from there.
    """
    within = UNSEEN_FOR_AT_MOST + await marks.since_last(work.connection, RETRY)
    for application_id, offer_ids in (await searches.pairs_unseen(work.connection, within)).items():
        for offer_id in offer_ids:
            seen = await searches.load_search(work.connection, application_id)
            if seen is not None and await _bring(work, seen, await offers.candidate(work.connection, offer_id)):
                return 1
    await marks.looked(work.connection, RETRY)
    return 0


async def bring_to_searches(work: UnitOfWork, candidate: Candidate) -> int:
    """Search again where this offer would be a candidate and nobody was; returns how many searches got proposals."""
    seen = await searches.searches_for(work.connection, candidate)
    return sum([await _bring(work, search, candidate) for search in seen])


async def _bring(work: UnitOfWork, seen: Search, candidate: Candidate) -> bool:
    """Bring one offer to one search, which is locked only if the offer passes the filters; whether it got proposals."""
    if obstacles(request_for(seen, work.today), candidate):
        return False
    search = await searches.lock_search(work.connection, seen.application_id)
    if search is None or search.state not in UNMATCHED | {SearchState.PROPOSED}:
        return False
    ground = await ground_of(work, search)
    found = find_among(search, [candidate], ground)  # this knows of pairs that came to nothing, too
    if not found.ranked:
        return False
    if search.state is SearchState.PROPOSED:
        return await _propose_besides(work, search, found.ranked, ground.policy)
    return (await look_for_peers(work, search)).state is SearchState.PROPOSED


async def _propose_besides(work: UnitOfWork, search: Search, ranked: Sequence[Ranked], policy: Policy) -> bool:
    """Add offers that answer the application to those that are proposed already, or to what a coordinator sees."""
    known = await proposals.proposals_of(work.connection, search.application_id)
    fresh = [one for one in ranked if one.candidate.offer_id not in {old.offer_id for old in known}]
    ranks = [old.rank for old in known if old.search == search.number]
    await put_forward(work, search, fresh, policy, first_rank=max(ranks, default=0) + 1)
    return bool(fresh)


def _is_news(applied: bool | None) -> bool:
    if applied is None:
        raise NotFound("no-such-offer", "This offer was never published here; replay its publication first.")
    return applied
