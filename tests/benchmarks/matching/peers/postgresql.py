"""PostgreSQL on this machine: a table of the offers, with every code of an offer in one array under one GIN index.

Tried on 60 requests among 1,000,000 offers, by the median in milliseconds: rows sorted by modes and themes, as it is,
57; by themes and modes 58; in no order of use 78; the same with months and modes left out of the index 111. In an
earlier run, when the machine was less busy: in no order of use 32; words of bits, the table read from end to end, 77;
a copy of each row for each of its themes and DAC codes, in their order and with a b-tree over them, 43. A text with its
constants is planned in half a millisecond, and better than one with parameters, whose plan can't know how rare a code
is.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import asyncpg
import numpy as np

from deploy.embedded.testing import EmbeddedServers
from services.matching.engine.values import Request, Scale
from tests.benchmarks.matching.peers import sql
from tests.benchmarks.matching.peers.columns import MOST_CODES, Offers
from tests.benchmarks.matching.peers.question import Found, Wanted, wanted

# What it is given, far beyond the small server that CONNECT brings: all is in memory, nothing waits for the disk.
SETTINGS = {
    "shared_buffers": "1GB",
    "effective_cache_size": "4GB",
    "work_mem": "64MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "1",
}
# Each kind of code has a hundred numbers of its own in the array.
KEYED = {"themes": 0, "dac": 100, "modes": 200, "spoken": 300, "months": 400}
ALL_MODES = 0b1111
DIALECT = sql.Dialect(
    count=lambda bits: f"bit_count(int8send(CAST({bits} AS bigint)))",
    lookup=lambda numbers, place: f"({_array(numbers)})[{place} + 1]",
    fence="OFFSET 0",
    row_by_row=True,
)
TYPES = {"int16": "smallint", "int32": "integer", "int64": "bigint", "float64": "float8"}


class PostgreSQL:
    """The offers in an empty database, as its owner."""

    def __init__(self, dsn: str, offers: Offers) -> None:
        self._offers = offers
        self._runner = asyncio.Runner()
        self._connection = self._runner.run(_filled(dsn, offers))

    def best(self, request: Request, scale: Scale, top: int) -> Found:
        """The ids of the best, and their scores in hundredths of a point."""
        asked = wanted(request, scale, self._offers)
        query = sql.best(asked, _source(asked), DIALECT, self._offers.width, top)
        rows = self._runner.run(self._connection.fetch(query))
        return [(self._offers.ids[place], score) for place, score in rows]

    def close(self) -> None:
        """Close the connection; the table stays."""
        self._runner.run(self._connection.close())
        self._runner.close()


@contextmanager
def postgresql(offers: Offers) -> Iterator[PostgreSQL]:
    """A server of its own with SETTINGS, for as long as it is needed."""
    servers = EmbeddedServers()
    try:
        servers.start()
        servers.stop_kafka()
        asyncio.run(_set_up(servers.admin_dsn))
        servers.stop_postgres()
        servers.restart_postgres()
        peer = PostgreSQL(servers.admin_dsn, offers)
        yield peer
        peer.close()
    finally:
        servers.stop()


async def _set_up(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for name, value in SETTINGS.items():
            await connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
    finally:
        await connection.close()


async def _filled(dsn: str, offers: Offers) -> asyncpg.Connection:
    # Each text is asked once, so keeping its plan would only cost memory.
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    rows = offers.flat()
    columns = ", ".join(f"{name} {TYPES[str(values.dtype)]} NOT NULL" for name, values in rows.items())
    await connection.execute(f"CREATE TABLE offers ({columns}, keys integer[] NOT NULL)")
    # Rows that are found together lie together.
    order = np.lexsort((offers.columns["themes"], offers.columns["modes"]))
    keys = _keys(offers)
    records = zip(
        *(values[order].tolist() for values in rows.values()), (keys[row] for row in order.tolist()), strict=True
    )
    await connection.copy_records_to_table("offers", records=records)
    await connection.execute("CREATE INDEX ON offers USING gin (keys) WITH (fastupdate = off) WHERE answers = -1")
    await connection.execute("CREATE INDEX ON offers (answers) WHERE answers <> -1")
    await connection.execute("ALTER TABLE offers ALTER keys SET STATISTICS 1000")
    await connection.execute("VACUUM ANALYZE offers")
    return connection


def _keys(offers: Offers) -> list[list[int]]:
    keys: list[list[int]] = [[] for _ in offers.ids]
    for name, base in KEYED.items():
        words = offers.columns[name]
        for bit in range(MOST_CODES):
            for place in np.flatnonzero(words >> bit & 1).tolist():
                keys[place].append(base + bit)
    return keys


def _source(asked: Wanted) -> str:
    standing = ["answers = -1", *_by_index(asked), *sql.welcome(asked)]
    answering = [f"answers = {asked.application}", *sql.suits(asked), *sql.welcome(asked)]
    return " UNION ALL ".join(
        f"SELECT * FROM offers WHERE {' AND '.join(conditions)}" for conditions in (standing, answering)
    )


def _by_index(asked: Wanted) -> list[str]:
    knows = _numbered("themes", asked.knowledge.themes) + _numbered("dac", asked.knowledge.dac)
    any_of = [knows, _numbered("months", asked.months)]
    if asked.every_mode != ALL_MODES:
        any_of.append(_numbered("modes", asked.every_mode))
    if not asked.interpretation:
        any_of.append(_numbered("spoken", asked.spoken[0]))
    return [f"keys && {_array(numbers)}" for numbers in any_of] + ["modes <> 0"]


def _numbered(name: str, bits: int) -> list[int]:
    return [KEYED[name] + bit for bit in range(MOST_CODES) if bits >> bit & 1]


def _array(numbers: Sequence[int]) -> str:
    return f"CAST('{{{','.join(map(str, numbers))}}}' AS integer[])"
