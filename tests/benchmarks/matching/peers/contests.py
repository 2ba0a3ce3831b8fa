"""Which peers search against us, and how each is opened."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from services.matching.engine.values import Request, Scale
from tests.benchmarks.matching.peers.columns import Offers
from tests.benchmarks.matching.peers.duck_db import DuckDB
from tests.benchmarks.matching.peers.polars_frames import Polars
from tests.benchmarks.matching.peers.postgresql import postgresql
from tests.benchmarks.matching.peers.question import Found


class Peer(Protocol):
    """Whoever can be asked for the best offers."""

    def best(self, request: Request, scale: Scale, top: int) -> Found:
        """The ids of the best, and their scores in hundredths of a point."""
        ...


@contextmanager
def duckdb(offers: Offers) -> Iterator[Peer]:
    """DuckDB while it is needed."""
    peer = DuckDB(offers)
    yield peer
    peer.close()


@contextmanager
def polars(offers: Offers) -> Iterator[Peer]:
    """polars while it is needed."""
    yield Polars(offers)


CONTESTS: Mapping[str, Callable[[Offers], AbstractContextManager[Peer]]] = {
    "postgresql": postgresql,
    "duckdb": duckdb,
    "polars": polars,
}
