"""The peers of the search answer what was asked: each finds the lists of the slow and obvious search."""

import asyncio
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from services.matching.engine.values import Candidate, Place, Scale, Weights
from shared.primitives.terms import Level
from tests.benchmarks.matching.peers.columns import columns_of
from tests.benchmarks.matching.peers.contests import Peer
from tests.benchmarks.matching.peers.duck_db import DuckDB
from tests.benchmarks.matching.peers.polars_frames import Polars
from tests.benchmarks.matching.peers.postgresql import PostgreSQL
from tests.benchmarks.matching.peers.tantivy_index import Tantivy
from tests.builders.market import Market
from tests.builders.matching import a_candidate, a_request
from tests.conftest import create_database, drop_databases
from tests.oracles.full_masks import FullMasks

OFFERS, REQUESTS, TOP = 3000, 150, 20
SCALES = (
    Scale(),
    Scale(Weights(knowledge=30, position=20, context=10, language=15, availability=25), mean_rating=4.2, expected=0.6),
    Scale(expected=0.8, expected_in={"GH": 0.3, "NL": 0.9, "an unknown country": 0.1}),
)
APPLICATION = UUID(int=9)
UNEXPECTED = a_candidate(answers=APPLICATION, themes=frozenset({"culture"}), dac=frozenset())


@pytest.fixture(scope="module")
def market() -> Market:
    return Market(seed=5)


@pytest.fixture(scope="module")
def offers(market: Market) -> list[Candidate]:
    """Offers of every kind, and twins whose ids and exchanges alone tell them apart."""
    ids = [UUID(int=high << 64 | low) for high in (1, 2) for low in (7, 9, 1 << 63)]
    twins = [a_candidate(offer_id=one, capacity=9, reserved=3) for one in ids]
    twins += [a_candidate(offer_id=UUID(int=(3 << 64) + taken), capacity=9, reserved=taken) for taken in range(6)]
    answering = [a_candidate(answers=APPLICATION, capacity=9, reserved=6), UNEXPECTED]
    return [*market.offers(OFFERS - len(twins), organisations=300), *twins, *answering]


@pytest.fixture(scope="module")
def masks(offers: list[Candidate]) -> FullMasks:
    return FullMasks(offers)


@pytest.fixture(scope="module", params=["duckdb", "polars", "postgresql"])
def peer(request: pytest.FixtureRequest, offers: list[Candidate]) -> Iterator[Peer]:
    columns = columns_of(offers)
    if request.param == "duckdb":
        with closing(DuckDB(columns)) as duckdb:
            yield duckdb
    elif request.param == "polars":
        yield Polars(columns)
    else:
        servers: EmbeddedServers = request.getfixturevalue("servers")
        name = f"peer_{uuid4().hex[:12]}"
        asyncio.run(create_database(servers, name, template="template0"))
        with closing(PostgreSQL(servers.postgres_dsn(name, "postgres"), columns)) as postgresql:
            yield postgresql
        asyncio.run(drop_databases(servers, [name]))


def test_it_finds_what_full_masks_find_with_the_same_scores(peer: Peer, masks: FullMasks) -> None:
    market, nobody = Market(seed=6), 0
    for number in range(REQUESTS):
        request, scale = market.request(300), SCALES[number % len(SCALES)]
        found = peer.best(request, scale, TOP)
        assert found == masks.best(request, scale, TOP)
        nobody += not found
    assert 0 < nobody < REQUESTS / 2  # both were met


def test_ties_are_broken_by_less_to_do_and_then_by_id(peer: Peer, masks: FullMasks) -> None:
    found = peer.best(a_request(), Scale(), TOP)
    assert found == masks.best(a_request(), Scale(), TOP)
    scores = [score for _, score in found]
    assert scores.count(scores[0]) >= 12  # the twins


@pytest.mark.parametrize(
    "changes",
    [
        {"themes": frozenset(), "sdgs": frozenset(), "dac": frozenset()},
        {"themes": frozenset({"nobody knows it"}), "dac": frozenset()},
        {"dac": frozenset({"14032", "14031", "14010", "99999"})},  # of one sector, and of none
        {"place": Place("GH")},
        {"place": Place("GH", 80_000, 1, "a region without offers", "a subregion without offers")},
        {"place": Place("an unknown country", 80_000, 1, "002", "011"), "mode": None},
        {"languages": {}, "interpretation": True},
        {"languages": {"en": Level.A1}},
        {"languages": {"nobody speaks it": Level.C2}},
        {"same_country": True, "place": Place("NL", 90_000, 3, "150", "155"), "mode": None, "participants": 2},
    ],
)
def test_it_finds_the_same_for_requests_at_the_edge(peer: Peer, masks: FullMasks, changes: dict[str, object]) -> None:
    request = a_request(**changes)
    assert peer.best(request, Scale(), TOP) == masks.best(request, Scale(), TOP)


def test_whom_the_request_prefers_comes_first_and_whom_it_rules_out_never(
    peer: Peer, masks: FullMasks, offers: list[Candidate]
) -> None:
    request = a_request()
    known = {one.offer_id: one.organisation_id for one in offers}
    ranked = [offer_id for offer_id, _ in masks.best(request, Scale(), 40)]
    last, first, second = ranked[-1], ranked[0], ranked[1]
    asked = replace(
        request,
        preferred=frozenset({known[last], uuid4()}),
        excluded=frozenset({known[first], uuid4()}),
        refused=frozenset({second, uuid4()}),
    )
    found = peer.best(asked, Scale(), TOP)
    assert found == masks.best(asked, Scale(), TOP)
    places = [offer_id for offer_id, _ in found]
    assert known[places[0]] == known[last]
    assert first not in places
    assert second not in places


def test_offers_that_answer_come_before_their_equals_and_need_no_theme(peer: Peer, masks: FullMasks) -> None:
    request = a_request(application_id=APPLICATION, preferred=frozenset({UNEXPECTED.organisation_id}))
    found = peer.best(request, Scale(), TOP)
    assert found == masks.best(request, Scale(), TOP)
    assert found[0][0] == UNEXPECTED.offer_id
    others = peer.best(replace(request, application_id=uuid4()), Scale(), TOP)
    assert len({offer_id for offer_id, _ in found} - {offer_id for offer_id, _ in others}) == 2


def test_tantivy_sees_a_change_and_no_longer_what_was_before(market: Market) -> None:
    offers = list(market.offers(50))
    tantivy, before = Tantivy(offers), offers[7]
    after = replace(before, themes=frozenset({"sanitation", "water"}), dac=frozenset({"14032"}))
    assert tantivy.has(before)
    assert not tantivy.has(after)
    tantivy.put(after)
    assert tantivy.has(after)
    assert not tantivy.has(replace(after, themes=frozenset({"a theme it never had"})))
