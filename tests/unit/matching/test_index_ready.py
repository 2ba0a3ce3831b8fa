"""A process that is ready has compiled all that a search or a change needs."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from services.matching.engine.index import OfferIndex, make_ready, scan
from services.matching.engine.index.bitmaps import write
from services.matching.engine.values import Scale
from tests.builders.market import Market


def test_making_ready_compiles_all_that_a_search_or_a_change_needs() -> None:
    """Breaks when what it tries is of other types than real ones: each process would compile again."""
    tried = in_a_new_process(forms)
    assert 0 not in tried
    assert in_a_new_process(forms_after_use) == tried


def in_a_new_process(count: Callable[[], list[int]]) -> list[int]:
    """In this one, other tests have compiled already."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(count).result(timeout=120)


def forms() -> list[int]:
    """How many forms of each pass are compiled once a process is ready."""
    make_ready()
    return [len(each.signatures) for each in (scan.best, scan.tally, write)]


def forms_after_use() -> list[int]:
    """The same after a search and a change."""
    make_ready()
    market = Market(7)
    offers = list(market.offers(50))
    index, request = OfferIndex(), market.request()
    for one in offers:
        index.put(one)
    hits = index.search(request, Scale(), top=20)
    index.removed(request)
    index.best(request, Scale(), top=20)
    for hit in hits.best:
        index.rank(request, Scale(), hit)
    for one in offers:
        index.put(one)
        index.remove(one.offer_id)
    return forms()
