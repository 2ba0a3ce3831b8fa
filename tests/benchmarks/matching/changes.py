"""One offer changes: how long until a search sees it, beside an index of tantivy."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from uuid import UUID

from services.matching.engine.filters import obstacles
from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate, Request, Scale
from tests.benchmarks.figures import Figure, TrialError, compared
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching.peers.tantivy_index import Tantivy
from tests.builders.market import MODES, Market

TURNS, CHANGES, OF_THE_PEER = 3, 2_000, 40

Report = Callable[[Figure], None]
Tell = Callable[[str], None]


def measure(index: OfferIndex, offers: Sequence[Candidate], market: Market, report: Report, tell: Tell) -> None:
    """Microseconds until a change can be seen, and until a search has come back with it."""
    ids = [one.offer_id for one in offers]
    with (
        TemporaryDirectory(prefix="connect-tantivy-") as folder,
        closing(_filled(offers, tell, Path(folder))) as tantivy,
    ):
        _compare("matching.index.change", "tantivy on disk", index, tantivy, market, ids, report)
    tantivy = _filled(offers, tell, None)
    _compare("matching.index.change_in_memory", "tantivy in memory", index, tantivy, market, ids, report)
    name = "matching.index.change_and_search"
    seen = [(_seen(index, ids, market), _seen_by_tantivy(tantivy, ids, market)) for _ in range(TURNS)]
    report(compared(name, "µs", "tantivy in memory, search for its id", seen, "lower"))


def _filled(offers: Sequence[Candidate], tell: Tell, folder: Path | None) -> Tantivy:
    where = "in memory" if folder is None else "on disk"
    tell(f"matching.index.change: filling tantivy {where} with {len(offers):,} offers")
    return Tantivy(offers, lambda number: tell(f"matching.index.change: {number:,} offers in tantivy"), folder)


def _compare(
    name: str,
    peer: str,
    index: OfferIndex,
    tantivy: Tantivy,
    market: Market,
    ids: Sequence[UUID],
    report: Report,
) -> None:
    turns = [(_put(index.put, ids, market, CHANGES), _put(tantivy.put, ids, market, OF_THE_PEER)) for _ in range(TURNS)]
    told = f"{peer}, {len(ids):,} offers: delete, add, commit, reload"
    report(compared(name, "µs", told, turns, "lower", floor=FLOORS.get(name)))


def _put(put: Callable[[Candidate], None], ids: Sequence[UUID], market: Market, number: int) -> float:
    """The median of so many changes: a mean would tell how often something else had the processor."""
    changed = [market.offer(market.random.choice(ids), len(ids) // 3) for _ in range(number)]
    return median(_microseconds(partial(put, one)) for one in changed)


def _seen(index: OfferIndex, ids: Sequence[UUID], market: Market) -> float:
    def put_and_search(request: Request, wished: Candidate) -> None:
        index.put(wished)
        best = index.search(request, Scale(), top=20).best
        if not best or best[0].offer_id != wished.offer_id:
            raise TrialError(f"the index does not see that {wished} is what was asked for")

    pairs = [_a_pair(market, ids) for _ in range(OF_THE_PEER)]
    return median(_microseconds(partial(put_and_search, *pair)) for pair in pairs)


def _seen_by_tantivy(tantivy: Tantivy, ids: Sequence[UUID], market: Market) -> float:
    def put_and_search(wished: Candidate) -> None:
        tantivy.put(wished)
        if not tantivy.has(wished):
            raise TrialError(f"tantivy does not see {wished}")

    pairs = [_a_pair(market, ids) for _ in range(OF_THE_PEER)]
    return median(_microseconds(partial(put_and_search, wished)) for _, wished in pairs)


def _microseconds(act: Callable[[], None]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1e6


def _a_pair(market: Market, ids: Sequence[UUID]) -> tuple[Request, Candidate]:
    """A request and an offer that suits it, by the one organisation that it prefers: so it must be found first."""
    organisation = UUID(int=(5 << 96) + market.random.getrandbits(64))
    while True:
        request = replace(market.request(len(ids) // 3), preferred=frozenset({organisation}))
        offer = market.offer(
            market.random.choice(ids),
            organisation_id=organisation,
            active=True,
            answers=None,
            themes=request.themes,
            modes=MODES,
            languages=request.languages,
            windows=(request.window,),
            booked=(),
            capacity=1,
            reserved=0,
        )
        if not obstacles(request, offer):
            return request, offer
