"""One offer changes: how long until a search sees it, beside an index of tantivy."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate, Days, Request, Scale
from shared.primitives.terms import Level
from tests.benchmarks.figures import Figure, TrialError, compared
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching.peers.tantivy_index import Tantivy
from tests.builders.market import MODES, Market

# tantivy takes so long to fill from Python that it gets a fifth of the offers, which is in its favour.
OF_TANTIVY = 200_000
TURNS, CHANGES, OF_THE_PEER = 3, 2_000, 40
SPOKEN = {"en": Level.C1}

Report = Callable[[Figure], None]
Tell = Callable[[str], None]


def measure(index: OfferIndex, offers: Sequence[Candidate], market: Market, report: Report, tell: Tell) -> None:
    """Microseconds until a change can be seen, and until a search has come back with it."""
    name = "matching.index.change"
    tell(f"{name}: filling tantivy with {OF_TANTIVY:,} offers")
    ids = [one.offer_id for one in offers[:OF_TANTIVY]]
    tantivy = Tantivy(offers[:OF_TANTIVY], lambda number: tell(f"{name}: {number:,} offers in tantivy"))
    tell(f"{name}: {TURNS} turns")
    peer = f"tantivy among {OF_TANTIVY:,}: delete, add, commit, reload"
    changes = [
        (_put(index.put, ids, market, CHANGES), _put(tantivy.put, ids, market, OF_THE_PEER)) for _ in range(TURNS)
    ]
    report(compared(name, "µs", peer, changes, "lower", floor=FLOORS[name]))
    seen = [(_seen(index, ids, market), _seen_by_tantivy(tantivy, ids, market)) for _ in range(TURNS)]
    report(compared(f"{name}_and_search", "µs", f"{peer}, search for its id", seen, "lower"))


def _put(put: Callable[[Candidate], None], ids: Sequence[UUID], market: Market, number: int) -> float:
    """The mean of so many changes."""
    changed = [market.offer(market.random.choice(ids), len(ids)) for _ in range(number)]
    begun = time.perf_counter()
    for one in changed:
        put(one)
    return (time.perf_counter() - begun) / number * 1e6


def _seen(index: OfferIndex, ids: Sequence[UUID], market: Market) -> float:
    taken = 0.0
    for _ in range(OF_THE_PEER):
        request, wished = _a_pair(market, ids)
        begun = time.perf_counter()
        index.put(wished)
        best = index.search(request, Scale(), top=20).best
        taken += time.perf_counter() - begun
        if not best or best[0].offer_id != wished.offer_id:
            raise TrialError(f"the index does not see that {wished} is what was asked for")
    return taken / OF_THE_PEER * 1e6


def _seen_by_tantivy(tantivy: Tantivy, ids: Sequence[UUID], market: Market) -> float:
    taken = 0.0
    for _ in range(OF_THE_PEER):
        _, wished = _a_pair(market, ids)
        begun = time.perf_counter()
        tantivy.put(wished)
        sees = tantivy.has(wished)
        taken += time.perf_counter() - begun
        if not sees:
            raise TrialError(f"tantivy does not see {wished}")
    return taken / OF_THE_PEER * 1e6


def _a_pair(market: Market, ids: Sequence[UUID]) -> tuple[Request, Candidate]:
    """A request, and an offer that is the only one of the organisation that it prefers."""
    organisation = UUID(int=(5 << 96) + market.random.getrandbits(64))
    asked = market.request(len(ids))
    request = replace(
        asked, languages=SPOKEN, same_country=True, preferred=frozenset({organisation}), excluded=frozenset()
    )
    offer = market.offer(
        market.random.choice(ids),
        organisation_id=organisation,
        active=True,
        answers=None,
        themes=request.themes,
        modes=MODES,
        languages=SPOKEN,
        windows=(Days.starting(request.window.first, 30),),
        booked=(),
        days_a_year=None,
        capacity=1,
        reserved=0,
    )
    # Some ask for a window of a day, and an internship needs five.
    return replace(request, window=Days.starting(request.window.first, 30)), offer
