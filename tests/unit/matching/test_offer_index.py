"""The living index finds what the slow and obvious searches find, whatever happened to it before."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import numpy as np
import orjson
import pytest

from services.matching.engine.filters import obstacles
from services.matching.engine.index import OfferIndex
from services.matching.engine.index.columns import LINE, PACKED, Columns
from services.matching.engine.index.frozen import Frozen
from services.matching.engine.index.offers import Hit
from services.matching.engine.index.sieve import BLOCK
from services.matching.engine.search import search
from services.matching.engine.values import Candidate, Favour, Scale, Weights
from tests.builders.market import Market
from tests.builders.matching import a_candidate, a_request
from tests.oracles.full_masks import FullMasks

OFFERS, REQUESTS, TOP = 1500, 1000, 20
EVENTS, ORGANISATIONS = int(os.environ.get("EVENTS", "3000")), 300
SCALES = (
    Scale(),
    Scale(Weights(knowledge=100, position=0, context=0, language=0, availability=0), mean_rating=4.2, expected=0.6),
    Scale(Weights(knowledge=0, position=0, context=100, language=0, availability=0), expected_in={"GH": 0.3}),
    Scale(Weights(knowledge=30, position=20, context=10, language=15, availability=25), expected_in={"NL": 0.9}),
    Scale(favour=Favour(first_timers=7.5, south_south=3)),
    Scale(Weights(knowledge=100, position=0, context=0, language=0, availability=0), favour=Favour(first_timers=20)),
)


def filled(offers: list[Candidate]) -> OfferIndex:
    index = OfferIndex()
    for one in offers:
        index.put(one)
    return index


def scale_in(number: int, index: OfferIndex) -> Scale:
    """One of the scales in turn; every second time with the answers that the index knows of."""
    turn, place = divmod(number, len(SCALES))
    known = index.expectations().of_organisations
    return replace(SCALES[place], of_organisations=known) if turn % 2 else SCALES[place]


@pytest.fixture(scope="module")
def market() -> Market:
    return Market(seed=5)


@pytest.fixture(scope="module")
def offers(market: Market) -> list[Candidate]:
    return list(market.offers(OFFERS))


def test_it_finds_what_full_masks_find_with_the_same_scores(market: Market, offers: list[Candidate]) -> None:
    index, masks = filled(offers), FullMasks(offers)
    nobody = 0
    for number in range(REQUESTS):
        request, scale = market.request(), scale_in(number, index)
        hits = index.search(request, scale, top=TOP)
        assert [tuple(hit) for hit in hits.best] == masks.best(request, scale, TOP)
        for top in (1, 3, TOP):
            assert index.best(request, scale, top=top) == hits.best[:top]
        nobody += not hits.best
    assert 0 < nobody < REQUESTS / 2  # both were met


def test_it_finds_and_counts_what_the_search_of_one_after_the_other_does(
    market: Market, offers: list[Candidate]
) -> None:
    some = offers[:500]
    index = filled(some)
    for number in range(60):
        request, scale = market.request(), scale_in(number, index)
        hits, found = index.search(request, scale, top=TOP), search(request, some, scale, top=TOP)
        assert [(hit.offer_id, hit.points) for hit in hits.best] == [
            (one.candidate.offer_id, one.placed) for one in found.ranked
        ]
        counted: Counter[str] = Counter()
        for failed, offers_so in index.removed(request).items():
            counted.update(dict.fromkeys(failed, offers_so))
        assert counted == Counter({one.filter: one.offers for one in found.filtered})
        assert index.removed(request).get(frozenset(), 0) == hits.passed
        assert hits.considered == found.considered


def test_who_is_favoured_is_found_however_many_know_more() -> None:
    """Breaks when offers are passed over by what they know, and what favours them is left out of the sum."""
    request, favour = a_request(themes=frozenset({"waste", "water", "housing"})), Favour(first_timers=20)
    many = [
        a_candidate(offer_id=UUID(int=number), themes=request.themes, answered=1, accepted=1)
        for number in range(1, BLOCK * 64 + 2)
    ]
    new = a_candidate(offer_id=UUID(int=1 << 100), themes=frozenset({"waste", "water"}))
    index, knowing = filled([*many, new]), SCALES[1].weights
    assert index.best(request, Scale(knowing, favour=favour), top=1)[0].offer_id == new.offer_id
    assert index.best(request, Scale(knowing), top=1)[0].offer_id == many[0].offer_id


def test_related_sectors_are_enough_where_they_are_asked_for(market: Market, offers: list[Candidate]) -> None:
    index, masks, more = filled(offers), FullMasks(offers), 0
    for _ in range(100):
        request = market.request()
        related = replace(request, related=True)
        hits = index.search(related, Scale(), top=TOP)
        assert [tuple(hit) for hit in hits.best] == masks.best(related, Scale(), TOP)
        assert index.removed(related).get(frozenset(), 0) == hits.passed
        more += hits.passed > index.search(request, Scale(), top=TOP).passed
        found = search(related, offers[:200], Scale(), top=TOP)
        assert found.ranked == tuple(one for one in found.ranked if not obstacles(related, one.candidate))
    assert more


def test_the_rank_of_an_offer_is_its_place_in_the_whole_list(market: Market, offers: list[Candidate]) -> None:
    index, seen = filled(offers), 0
    for number in range(40):
        request, scale = market.request(), SCALES[number % len(SCALES)]
        hits = index.search(request, scale, top=len(offers))
        for place, hit in list(enumerate(hits.best, start=1))[:: max(1, hits.passed // 7)]:
            assert index.rank(request, scale, hit) == (place, hits.passed)
            seen += 1
    assert seen > 40
    assert index.rank(request, scale, Hit(UUID(int=1), 5000)) is None


def test_a_line_is_packed_as_numpy_lays_it_out() -> None:
    values = tuple(range(1, 21))
    line = np.zeros(1, LINE)
    PACKED.pack_into(line.view(np.uint8).data, 0, *values[:4], float(values[4]), *values[5:])
    assert tuple(line[0].tolist())[:20] == values
    assert LINE.itemsize == 64
    columns = Columns()
    columns.lines[:1] = line
    counted = columns.counted(0)
    assert counted == tuple(line[0][name] for name in counted._fields)


def test_ties_are_broken_by_less_to_do_and_then_by_id() -> None:
    request, random = a_request(), Random(3)
    # Ids that differ in their upper half, in their lower half, and in its highest bit.
    ids = [UUID(int=high << 64 | low) for high in (1, 2) for low in (7, 9, 1 << 63)]
    twins = [a_candidate(offer_id=one, capacity=9, reserved=3) for one in ids]
    twins.append(a_candidate(offer_id=UUID(int=3 << 64), capacity=9, reserved=2))
    for top in (1, 3, 7, 20):
        index = filled(random.sample(twins, len(twins)))
        expected = [twins[-1].offer_id, *ids][:top]
        assert [hit.offer_id for hit in index.search(request, Scale(), top=top).best] == expected
        assert [one.candidate.offer_id for one in search(request, twins, Scale(), top=top).ranked] == expected


def test_after_many_changes_it_is_the_index_of_what_is_left(market: Market) -> None:
    """Bit by bit. `EVENTS=1000000 make test TESTS=tests/unit/matching/test_offer_index.py` takes five minutes."""
    random, index = Random(11), OfferIndex()
    there: dict[UUID, Candidate] = {}
    ids: list[UUID] = []
    for candidate in market.offers(EVENTS, organisations=ORGANISATIONS):
        kind = random.choices(("comes", "changes", "goes"), (40, 45, 15))[0] if ids else "comes"
        place = random.randrange(len(ids)) if ids else 0
        if kind == "goes":
            ids[place], ids[-1] = ids[-1], ids[place]
            del there[ids[-1]]
            index.remove(ids.pop())
            continue
        offer_id = candidate.offer_id if kind == "comes" else ids[place]
        ids += [offer_id] if kind == "comes" else []
        there[offer_id] = market.offer(offer_id, ORGANISATIONS)
        index.put(there[offer_id])
    fresh = filled(list(there.values()))
    assert index.content() == fresh.content()
    assert index.expectations() == fresh.expectations()
    assert len(index) == len(there)


def test_asking_for_an_organisation_makes_it_no_known_one(market: Market) -> None:
    index, stranger = filled(list(market.offers(50))), UUID(int=77)
    known = index.expectations().of_organisations
    before = dict(known)
    assert known.get(stranger) is None
    assert stranger not in known
    index.search(replace(market.request(), organisation_id=stranger, preferred=frozenset({stranger})), Scale(), top=3)
    assert stranger.hex not in index.frozen().told["organisations"]
    assert dict(known) == before


def test_what_was_frozen_and_written_is_the_same_index(market: Market, tmp_path: Path) -> None:
    """Also with slots that are free, and for what happens to it afterwards."""
    random, some = Random(17), list(market.offers(1200, organisations=150))
    index = filled(some)
    for one in random.sample(some, 300):
        index.remove(one.offer_id)
    this = index.frozen()
    contents: dict[str, Any] = {**this.arrays, "told": np.frombuffer(orjson.dumps(this.told), np.uint8)}
    np.savez(tmp_path / "index.npz", **contents)
    with np.load(tmp_path / "index.npz", allow_pickle=False) as read:
        arrays = {name: read[name] for name in read.files}
    again = OfferIndex.of(Frozen(arrays, orjson.loads(arrays.pop("told").tobytes())))
    later = [market.offer(one.offer_id, 150) for one in random.sample(some, 600)] + list(market.offers(300))
    for offers in ([], later):
        for one in offers:
            index.put(one)
            again.put(one)
        assert again.content() == index.content()
        assert (len(again), again.expectations()) == (len(index), index.expectations())
        for number in range(60):
            request, scale = market.request(), SCALES[number % len(SCALES)]
            assert again.search(request, scale, top=TOP) == index.search(request, scale, top=TOP)
