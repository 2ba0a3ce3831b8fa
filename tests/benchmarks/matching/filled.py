"""A database of matching that is full of offers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice
from uuid import uuid4

import asyncpg

from deploy.embedded.testing import EmbeddedServers
from services.matching.engine.values import Candidate, Days
from services.matching.wiring import SERVICE
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.settings import PostgresSettings
from shared.postgres.unit_of_work import Database
from tests.builders.market import FIRST_DAY
from tests.conftest import create_database, drop_databases, postgres_settings

PORTION = 50_000
THEN = datetime.combine(FIRST_DAY - timedelta(weeks=8), time(), UTC)  # what a market asks for must lie ahead
NEVER_ENDING = 9999  # years that PostgreSQL's ranges have no day after
COLUMNS = (
    *("offer_id", "organisation_id", "member_id", "country", "population", "answers", "title", "title_language"),
    *("themes", "sdgs", "dac", "modes", "position", "years_in_role", "result_year", "languages", "windows"),
    *("days_a_year", "capacity", "reserved", "state", "sequence"),
)
# A fresh copy of a filled database would have no change to note; nobody has looked yet.
WITHOUT_TRIGGERS = "SET session_replication_role = replica"

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Filled:
    """The database, and where it is."""

    database: Database
    postgres: PostgresSettings


@asynccontextmanager
async def filled(servers: EmbeddedServers, offers: Iterator[Candidate], tell: Tell) -> AsyncIterator[Filled]:
    """A database of its own with these offers, gone afterwards."""
    name = f"bench_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    postgres = postgres_settings(servers, name)
    connection = await pool.connect(postgres, application="benchmark")
    try:
        await migrate(connection, read_migrations(SERVICE.name, SERVICE.migrations))
        await connection.execute(WITHOUT_TRIGGERS)
        await _fill(connection, offers, tell)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    connections = await pool.open_pool(postgres, application="benchmark")
    try:
        yield Filled(Database(connections, SERVICE.name, lambda: THEN), postgres)
    finally:
        await asyncio.wait_for(connections.close(), 10)
        await drop_databases(servers, [name])


async def _fill(connection: asyncpg.Connection, offers: Iterator[Candidate], tell: Tell) -> None:
    written = 0
    while rows := [_row(one) for one in islice(offers, PORTION)]:
        await connection.copy_records_to_table("offers", columns=COLUMNS, records=rows)
        written += len(rows)
        if written % (PORTION * 4) == 0:
            tell(f"matching.proposing: {written:,} offers written")


def _row(one: Candidate) -> tuple[object, ...]:
    return (
        one.offer_id,
        one.organisation_id,
        one.member_id,
        one.place.country,
        one.place.population,
        one.answers,
        "An offer of the benchmark",
        "en",
        sorted(one.themes),
        sorted(one.sdgs),
        sorted(one.dac),
        list(one.modes),
        one.position,
        one.years_in_role,
        2024,
        {name: str(level) for name, level in one.languages.items()},
        [_range(days) for days in one.windows],
        one.days_a_year or 0,
        one.capacity,
        one.reserved,
        "active" if one.active else "paused",
        1,
    )


def _range(days: Days) -> asyncpg.Range:
    return asyncpg.Range(days.first, days.last, upper_inc=days.last.year < NEVER_ENDING)
