"""From ApplicationValidated to MatchProposed with a million offers, against a thousand; and reading all of them.

The whole reaction is timed, from the message to its commit: claim, search, proposals, outbox. The applications are the
same for both, those that find enough among the thousand, so that both propose as much.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import islice
from uuid import uuid4

import asyncpg
import uvloop

from deploy.embedded.testing import EmbeddedServers
from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate, Days, Request, Scale
from services.matching.storage.living import Living, living_in
from services.matching.wiring import SERVICE
from shared.events.base import LanguageSkill, OrganisationFacts
from shared.events.intake import ApplicationValidated
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.unit_of_work import Database
from shared.primitives.ids import new_id
from shared.primitives.terms import OrganisationKind
from shared.streaming.batch import BatchProcessor
from tests.benchmarks.figures import Figure, TrialError, compared, percentile
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.matching.places import places
from tests.builders.market import Market
from tests.conftest import create_database, drop_databases, postgres_settings
from tests.integration.shared.arriving import Arriving

MANY, FEW, PORTION = 1_000_000, 1_000, 50_000
TURNS, APPLICATIONS, WARM_UP, PROPOSED = 3, 100, 50, 3
NEVER_ENDING = 9999  # years that PostgreSQL's ranges have no day after
COLUMNS = (
    *("offer_id", "organisation_id", "member_id", "country", "population", "answers", "title", "title_language"),
    *("themes", "sdgs", "dac", "modes", "position", "years_in_role", "result_year", "languages", "windows"),
    *("days_a_year", "capacity", "reserved", "state", "sequence"),
)
# A fresh copy of a filled database would have no change to note; nobody has looked yet.
WITHOUT_TRIGGERS = "SET session_replication_role = replica"


Report = Callable[[Figure], None]
Tell = Callable[[str], None]
Progress = Callable[[int], None]


def measure(report: Report, tell: Tell) -> None:
    """Fill two databases, read them, and let both propose in turns."""
    servers = EmbeddedServers(durable=True)
    servers.start()
    try:
        uvloop.run(_measure(servers, report, tell))
    finally:
        servers.stop()


async def _measure(servers: EmbeddedServers, report: Report, tell: Tell) -> None:
    market = Market(11, places())
    few = list(market.offers(FEW, organisations=FEW // 3))
    async with _filled(servers, iter(few), tell) as small, _filled(servers, _more(market, few), tell) as large:
        await _read(small, lambda _: None)
        for figure in await _rebuilt(large, tell):
            report(figure)
        asked = _asked(market, few)
        for one in asked[:WARM_UP]:
            await small.proposes(one)
            await large.proposes(one)
        runs = []
        for turn in range(TURNS):
            tell(f"matching.proposing: turn {turn + 1} of {TURNS}")
            taken: dict[bool, list[float]] = {True: [], False: []}
            for number, one in enumerate(asked):
                for is_large in (number % 2 == 0, number % 2 == 1):
                    taken[is_large].append(await (large if is_large else small).proposes(one))
            runs.append((percentile(taken[True], 0.5), percentile(taken[False], 0.5)))
    name = "matching.proposing.p50"
    report(compared(name, "ms", "with 1,000 offers", runs, "lower", floor=FLOORS[name]))


@dataclass
class Side:
    """A database with offers, and what hears the applications."""

    database: Database
    arriving: Arriving = field(default_factory=Arriving)

    async def proposes(self, asked: Request) -> float:
        """Milliseconds from the message to the commit of its proposals."""
        event = _event(asked)
        message = self.arriving.message(event)
        begun = time.perf_counter()
        await BatchProcessor(self.database, SERVICE.reactions).process([message])
        taken = (time.perf_counter() - begun) * 1e3
        found = await self.database.pool.fetchval(
            "SELECT count(*) FROM proposals WHERE application_id = $1", event.application_id
        )
        if found != PROPOSED:
            raise TrialError(f"{found} proposals for an application that finds {PROPOSED}")
        return taken


@asynccontextmanager
async def _filled(servers: EmbeddedServers, offers: Iterator[Candidate], tell: Tell) -> AsyncIterator[Side]:
    name = f"bench_{uuid4().hex[:12]}"
    await create_database(servers, name, template="template0")
    connection = await pool.connect(postgres_settings(servers, name), application="benchmark")
    try:
        await migrate(connection, read_migrations(SERVICE.name, SERVICE.migrations))
        await connection.execute(WITHOUT_TRIGGERS)
        await _fill(connection, offers, tell)
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    connections = await pool.open_pool(postgres_settings(servers, name), application="benchmark")
    try:
        yield Side(Database(connections, SERVICE.name))
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


def _more(market: Market, few: list[Candidate]) -> Iterator[Candidate]:
    yield from few
    yield from market.offers(MANY - FEW, organisations=MANY // 3)


async def _read(side: Side, progress: Progress) -> Living:
    living = living_in(side.database)
    async with side.database.reading() as connection:
        await living.catch_up(connection, progress)
    return living


async def _rebuilt(side: Side, tell: Tell) -> tuple[Figure, Figure]:
    """Microseconds an offer to read a million from the database, against the first hundred thousand of them.

    And seconds to read a snapshot of them and what came since, against reading all.
    """
    begun, first = time.perf_counter(), 0.0

    def note(number: int) -> None:
        nonlocal first
        taken = time.perf_counter() - begun
        if number == MANY // 10:
            first = taken
        if number % (MANY // 5) == 0:
            tell(f"matching.index.rebuild: {number:,} offers read in {taken:.0f} s")

    living = await _read(side, note)
    taken = time.perf_counter() - begun
    if len(living.index) != MANY:
        raise TrialError(f"{len(living.index)} offers were read, not {MANY}")
    runs = [(taken / MANY * 1e6, first / (MANY // 10) * 1e6)]
    rebuild = compared("matching.index.rebuild", "µs an offer", "the first 100,000", runs, "lower")
    kept = [(await _from_snapshot(side, living), taken) for _ in range(TURNS)]
    return rebuild, compared("matching.index.from_snapshot", "s", "all from the database", kept, "lower")


async def _from_snapshot(side: Side, living: Living) -> float:
    async with side.database.unit_of_work() as work:
        if not await living.keep(work):
            raise TrialError("no snapshot was written")
    again = Living()
    begun = time.perf_counter()
    async with side.database.reading() as connection:
        await again.begin(connection)
    taken = time.perf_counter() - begun
    if again.read_in_full or len(again.index) != len(living.index):
        raise TrialError("the snapshot was not used")
    return taken


def _asked(market: Market, few: list[Candidate]) -> list[Request]:
    index = OfferIndex()
    for one in few:
        index.put(one)
    found: list[Request] = []
    while len(found) < APPLICATIONS:
        request = market.request(FEW // 3)
        if index.search(request, Scale(), top=PROPOSED).passed >= PROPOSED:
            found.append(request)
    return found


def _event(asked: Request) -> ApplicationValidated:
    return ApplicationValidated(
        application_id=new_id(),
        reference="CN-2026-0001",
        title="An application of the benchmark",
        title_language="en",
        organisation=OrganisationFacts(
            organisation_id=asked.organisation_id,
            kind=OrganisationKind.MUNICIPALITY,
            country=asked.place.country,
            seat=2294962,
            population=asked.place.population,
        ),
        themes=tuple(sorted(asked.themes)),
        sdgs=tuple(sorted(asked.sdgs)),
        dac=tuple(sorted(asked.dac)),
        mode=asked.mode,
        earliest=asked.window.first,
        latest=asked.window.last,
        participants=asked.participants,
        position=asked.position,
        languages=tuple(LanguageSkill(language=name, level=level) for name, level in asked.languages.items()),
        interpretation=asked.interpretation,
        online_acceptable=True,
        same_country=asked.same_country,
        preferred=tuple(asked.preferred),
        excluded=tuple(asked.excluded),
        rules_version="1",
        validated_on=asked.window.first,
    )


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
