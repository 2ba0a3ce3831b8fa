"""The search among a million offers: filling the index, the best twenty against several peers, one change."""

import gc
import time
from collections.abc import Callable, Mapping

import psutil

from services.matching.engine.index import OfferIndex, make_ready
from services.matching.engine.values import Candidate, Request, Scale
from tests.benchmarks.figures import Figure, TrialError, alone, compared, percentile
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching import changes
from tests.benchmarks.matching.memory_speed import bytes_a_second, bytes_of_columns, bytes_to_read
from tests.benchmarks.matching.peers.columns import columns_of
from tests.benchmarks.matching.peers.contests import CONTESTS, Peer
from tests.benchmarks.matching.peers.question import Found
from tests.benchmarks.matching.places import places
from tests.builders.market import Market
from tests.oracles.full_masks import FullMasks

OFFERS, PORTION, TOP = 1_000_000, 100_000, 20
TURNS, REQUESTS, WARM_UP = 3, 1_000, 30
OF_MASKS = 40  # for which they need as long as the other peers for a thousand
MASKS = f"full masks of numpy, {OF_MASKS} of the {REQUESTS:,} requests"
TITLES = {
    "postgresql": "PostgreSQL, one GIN index over all codes",
    "duckdb": "DuckDB, a table in memory",
    "polars": "polars, frames of booleans and numbers",
}
AT_MEMORY_SPEED: Mapping[str, tuple[str, Callable[[OfferIndex, Request], int]]] = {
    "matching.search.columns": ("reading the columns that it touches, at the speed of memory", bytes_of_columns),
    "matching.search.memory": ("reading the bytes that it can't do without, at that speed", bytes_to_read),
}

Report = Callable[[Figure], None]
Tell = Callable[[str], None]


def measure(report: Report, tell: Tell) -> None:
    """Make the offers once; everything else is measured on them. One peer is gone before the next one comes."""
    make_ready()  # a process has what is compiled before it has offers: it is no memory of theirs
    market, index = Market(7, places()), OfferIndex()
    offers = _fill(index, market, report, tell)
    gc.collect()
    gc.freeze()  # as in a service: the collector must not go through millions of things that stay
    index.best(market.request(), Scale(), top=TOP)
    _against_masks(index, offers, market, report, tell)
    _at_memory_speed(index, market, report, tell)
    tell("matching.search: making columns for the other peers")
    columns = columns_of(offers)
    for name, opened in CONTESTS.items():
        tell(f"matching.search.{name}: filling it")
        with opened(columns) as peer:
            _against(name, peer, index, market, report, tell)
    del columns
    changes.measure(index, offers, market, report, tell)


def _against_masks(index: OfferIndex, offers: list[Candidate], market: Market, report: Report, tell: Tell) -> None:
    tell("matching.search: preparing the masks")
    masks = FullMasks(offers)
    tell(f"matching.search: {TURNS} turns of {REQUESTS} requests")
    turns = [_turn(index, masks, market, REQUESTS, of_the_peer=OF_MASKS) for _ in range(TURNS)]
    for label, share in (("p50", 0.5), ("p95", 0.95)):
        runs = [(percentile(mine, share), percentile(theirs, share)) for mine, theirs in turns]
        name = f"matching.search.{label}"
        report(compared(name, "ms", MASKS, runs, "lower", floor=FLOORS[name]))


def _against(name: str, peer: Peer, index: OfferIndex, market: Market, report: Report, tell: Tell) -> None:
    tell(f"matching.search.{name}: {TURNS} turns of {REQUESTS} requests")
    _turn(index, peer, market, WARM_UP, of_the_peer=WARM_UP)  # not counted: caches fill, plans are made
    turns = [_turn(index, peer, market, REQUESTS, of_the_peer=REQUESTS) for _ in range(TURNS)]
    runs = [(percentile(mine, 0.5), percentile(theirs, 0.5)) for mine, theirs in turns]
    figure = f"matching.search.{name}.p50"
    report(compared(figure, "ms", TITLES[name], runs, "lower", floor=FLOORS[figure]))


def _at_memory_speed(index: OfferIndex, market: Market, report: Report, tell: Tell) -> None:
    tell(f"matching.search.columns: {TURNS} turns")
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in AT_MEMORY_SPEED}
    for _ in range(TURNS):
        speed = bytes_a_second()
        requests = [market.request(OFFERS // 3) for _ in range(REQUESTS)]
        ours = percentile([_searched(index, request)[0] for request in requests], 0.5)
        for name, (_, size) in AT_MEMORY_SPEED.items():
            runs[name].append((ours, percentile([size(index, one) / speed * 1e3 for one in requests], 0.5)))
    for name, (peer, _) in AT_MEMORY_SPEED.items():
        report(compared(name, "ms", peer, runs[name], "lower", floor=FLOORS.get(name)))


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


def _turn(
    index: OfferIndex, peer: Peer, market: Market, requests: int, *, of_the_peer: int
) -> tuple[list[float], list[float]]:
    """Milliseconds of ours for every request, and of the peer for some of the same; both must find the same."""
    ours, theirs = [], []
    for number in range(requests):
        request = market.request(OFFERS // 3)
        taken, found = _searched(index, request)
        ours.append(taken)
        if number % (requests // of_the_peer) == 0:
            theirs.append(_of_the_peer(peer, request, found))
    return ours, theirs


def _searched(index: OfferIndex, request: Request) -> tuple[float, Found]:
    begun = time.perf_counter()
    best = index.best(request, Scale(), top=TOP)
    return (time.perf_counter() - begun) * 1e3, [(hit.offer_id, hit.points) for hit in best]


def _of_the_peer(peer: Peer, request: Request, ours: Found) -> float:
    begun = time.perf_counter()
    found = peer.best(request, Scale(), TOP)
    taken = (time.perf_counter() - begun) * 1e3
    if found != ours:
        raise TrialError(f"{type(peer).__name__} finds {found}, the index {ours}")
    return taken
