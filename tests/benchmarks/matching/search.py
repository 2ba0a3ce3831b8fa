"""The search among a million offers: filling the index, the best twenty, one change."""

import gc
import random
import sqlite3
import time
from collections.abc import Callable

import psutil

from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate, Request, Scale
from shared.vocabulary.places_file import INSTALLED, ensure_places_file
from tests.benchmarks.figures import Figure, TrialError, alone, compared, percentile
from tests.benchmarks.floors import FLOORS
from tests.builders.market import Market
from tests.oracles.full_masks import FullMasks

OFFERS, PORTION, TOP = 1_000_000, 100_000, 20
TURNS, REQUESTS, OF_THE_PEER, CHANGES = 3, 300, 30, 2_000
MASKS = "full masks of numpy"

Report = Callable[[Figure], None]
Tell = Callable[[str], None]


def measure(report: Report, tell: Tell) -> None:
    """Make the offers once; everything else is measured on them."""
    market, index = Market(7, _places()), OfferIndex()
    offers = _fill(index, market, report, tell)
    gc.collect()
    gc.freeze()  # as in a service: the collector must not go through millions of things that stay
    tell("matching.search: preparing the masks")
    masks = FullMasks(offers)
    del offers
    index.search(market.request(), Scale(), top=TOP)
    tell(f"matching.search: {TURNS} turns of {REQUESTS} requests")
    turns = [_turn(index, masks, market) for _ in range(TURNS)]
    for label, share in (("p50", 0.5), ("p95", 0.95)):
        runs = [(percentile(mine, share), percentile(theirs, share)) for mine, theirs in turns]
        name = f"matching.search.{label}"
        report(compared(name, "ms", MASKS, runs, "lower", floor=FLOORS[name]))
    report(alone("matching.index.change", "µs", [_change(index, market) for _ in range(TURNS)], "lower"))


def _places() -> list[tuple[str, int | None]]:
    """Every place of the package, the same order each time."""
    places = sqlite3.connect(ensure_places_file(INSTALLED))
    try:
        rows = places.execute("SELECT country, population FROM place ORDER BY id")
        found = [(str(country), population) for country, population in rows]
    finally:
        places.close()
    random.Random(1).shuffle(found)
    return found


def _fill(index: OfferIndex, market: Market, report: Report, tell: Tell) -> list[Candidate]:
    offers: list[Candidate] = []
    each = []
    process, grown = psutil.Process(), 0
    for _ in range(OFFERS // PORTION):
        some = list(market.offers(PORTION, organisations=OFFERS // 3))
        before, begun = process.memory_info().rss, time.perf_counter()
        for one in some:
            index.put(one)
        each.append((time.perf_counter() - begun) / PORTION * 1e6)
        grown += process.memory_info().rss - before
        offers += some
        tell(f"matching.index: {len(index):,} of {OFFERS:,} offers, {each[-1]:.0f} µs each")
    report(compared("matching.index.fill", "µs an offer", "the first 100,000", [(each[-1], each[0])], "lower"))
    report(alone("matching.index.memory", "bytes an offer", [grown / OFFERS], "lower"))
    return offers


def _turn(index: OfferIndex, masks: FullMasks, market: Market) -> tuple[list[float], list[float]]:
    """Milliseconds of ours for every request, and of the peer for some of the same; both must find the same."""
    ours, theirs = [], []
    for number in range(REQUESTS):
        request = market.request(OFFERS // 3)
        begun = time.perf_counter()
        hits = index.search(request, Scale(), top=TOP)
        ours.append((time.perf_counter() - begun) * 1e3)
        if number % (REQUESTS // OF_THE_PEER) == 0:
            theirs.append(_of_the_peer(masks, request, [tuple(hit) for hit in hits.best]))
    return ours, theirs


def _of_the_peer(masks: FullMasks, request: Request, ours: list[tuple[object, ...]]) -> float:
    begun = time.perf_counter()
    found = masks.best(request, Scale(), TOP)
    taken = (time.perf_counter() - begun) * 1e3
    if found != ours:
        raise TrialError(f"the masks find {found}, the index {ours}")
    return taken


def _change(index: OfferIndex, market: Market) -> float:
    """Microseconds to change an offer in place; the next search sees it."""
    ids = list(index)
    changed = [market.offer(market.random.choice(ids), OFFERS // 3) for _ in range(CHANGES)]
    begun = time.perf_counter()
    for one in changed:
        index.put(one)
    return (time.perf_counter() - begun) / CHANGES * 1e6
