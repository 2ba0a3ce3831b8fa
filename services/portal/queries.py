"""What pages and the JSON API read: cases in short and in full, numbers, and what has changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import asyncpg

from services.portal import storage
from services.portal.rules.heard import Fact, parts_of
from services.portal.rules.parts import Parts
from services.portal.rules.states import STAGE_OF, Stage, State
from services.portal.rules.summary import NextStep, Party, Step, Summary, summarise
from services.portal.rules.timeline import told_in_order
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound
from shared.primitives.terms import Mode, OrganisationKind

PAGE_SIZE = 20
LAST_PAGE = 10_000


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation by its public name."""

    organisation_id: UUID
    kind: OrganisationKind
    name: str
    country: str
    seat: int


@dataclass(frozen=True, slots=True)
class OfferTitle:
    """An offer by its title and the title's language."""

    title: str
    language: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case in a list."""

    case_id: UUID
    version: int
    reference: str | None
    title: str | None
    title_language: str | None
    state: State
    mode: Mode | None
    requester: Organisation | None
    offerer: Organisation | None
    next_step: NextStep | None
    first: date | None
    last: date | None

    @property
    def stage(self) -> Stage:
        """The coarse place of the case."""
        return STAGE_OF[self.state]


@dataclass(frozen=True, slots=True)
class CasePage:
    """One page of the list. `totals` counts the cases of every stage, whichever is shown."""

    rows: tuple[CaseRow, ...]
    stage: Stage | None
    page: int
    totals: Mapping[Stage, int]

    @property
    def total(self) -> int:
        """How many cases the whole list has."""
        return self.totals.get(self.stage, 0) if self.stage else sum(self.totals.values())

    @property
    def pages(self) -> int:
        """How many pages the list has, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """One case in full. `version` grows with every change of what its page shows."""

    case_id: UUID
    version: int
    parts: Parts
    summary: Summary
    timeline: tuple[Fact, ...]
    organisations: Mapping[UUID, Organisation]
    offers: Mapping[UUID, OfferTitle]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What the home page counts."""

    cases: int
    held: int
    countries: int
    practices: int


_ROW = """
    SELECT c.case_id, c.version, c.reference, c.title, c.title_language, c.state, c.mode, c.next_step, c.next_who,
           c.next_by, c.first_day, c.last_day, c.requester_id, c.offerer_id
    FROM cases AS c
"""


async def cases(connection: Connection, stage: Stage | None = None, page: int = 1) -> CasePage:
    """One page of the cases of a stage, or of all; the newest first (ids grow with time)."""
    totals = await connection.fetch("SELECT stage, count(*) AS cases FROM cases GROUP BY stage")
    rows = await connection.fetch(
        f"{_ROW} WHERE $1::text IS NULL OR c.stage = $1 ORDER BY c.case_id DESC LIMIT $2 OFFSET $3",
        stage,
        PAGE_SIZE,
        (page - 1) * PAGE_SIZE,
    )
    counted = {Stage(row["stage"]): int(row["cases"]) for row in totals}
    return CasePage(await _with_organisations(connection, rows), stage, page, counted)


async def newest_cases(connection: Connection, limit: int) -> tuple[CaseRow, ...]:
    """The newest cases that have a title."""
    rows = await connection.fetch(f"{_ROW} WHERE c.title IS NOT NULL ORDER BY c.case_id DESC LIMIT $1", limit)
    return await _with_organisations(connection, rows)


async def _with_organisations(connection: Connection, rows: list[asyncpg.Record]) -> tuple[CaseRow, ...]:
    named = {row[name] for row in rows for name in ("requester_id", "offerer_id")} - {None}
    known = await organisations(connection, named)
    return tuple(
        CaseRow(
            case_id=row["case_id"],
            version=row["version"],
            reference=row["reference"],
            title=row["title"],
            title_language=row["title_language"],
            state=State(row["state"]),
            mode=Mode(row["mode"]) if row["mode"] else None,
            requester=known.get(row["requester_id"]),
            offerer=known.get(row["offerer_id"]),
            next_step=_next_step(row),
            first=row["first_day"],
            last=row["last_day"],
        )
        for row in rows
    )


def _next_step(row: asyncpg.Record) -> NextStep | None:
    if row["next_step"] is None:
        return None
    return NextStep(Step(row["next_step"]), tuple(Party(who) for who in row["next_who"]), row["next_by"])


async def organisations(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, Organisation]:
    """The organisations that are known among these."""
    rows = await connection.fetch(
        "SELECT organisation_id, kind, name, country, seat FROM organisations WHERE organisation_id = ANY($1::uuid[])",
        list(ids),
    )
    return {row[0]: Organisation(row[0], OrganisationKind(row[1]), row[2], row[3], row[4]) for row in rows}


async def case_id_of(connection: Connection, key: str) -> UUID:
    """The case with this reference or id. Raises NotFound."""
    found: UUID | None = await connection.fetchval("SELECT case_id FROM cases WHERE reference = $1", key.upper())
    if found is None and (case_id := _uuid(key)) is not None:
        found = await connection.fetchval("SELECT case_id FROM cases WHERE case_id = $1", case_id)
    if found is None:
        raise NotFound("unknown-case", "There is no case with this reference or id, or nothing was heard of it yet.")
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def case_detail(connection: Connection, case_id: UUID) -> CaseDetail:
    """The whole case. Raises NotFound."""
    # The version is read first: if the facts are newer than it, the page is told of a change that it has already.
    version = await case_version(connection, case_id)
    facts = (await storage.facts_of(connection, [case_id])).get(case_id, [])
    parts = parts_of(facts)
    summary = summarise(parts)
    offers = {proposal.offer_id for proposal in parts.proposals} - {None}
    return CaseDetail(
        case_id=case_id,
        version=version,
        parts=parts,
        summary=summary,
        timeline=told_in_order(facts),
        organisations=await organisations(connection, summary.organisations),
        offers=await _offer_titles(connection, [offer for offer in offers if offer is not None]),
    )


async def case_version(connection: Connection, case_id: UUID) -> int:
    """The version of a case. Raises NotFound."""
    version: int | None = await connection.fetchval("SELECT version FROM cases WHERE case_id = $1", case_id)
    if version is None:
        raise NotFound("unknown-case", "There is no case with this id, or nothing was heard of it yet.")
    return version


async def _offer_titles(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, OfferTitle]:
    rows = await connection.fetch(
        """
        SELECT offer_id, title, title_language FROM offers
        WHERE offer_id = ANY($1::uuid[]) AND title IS NOT NULL AND title_language IS NOT NULL
        """,
        list(ids),
    )
    return {row[0]: OfferTitle(row[1], row[2]) for row in rows}


async def numbers(connection: Connection) -> Numbers:
    """Cases, exchanges that took place, countries with an organisation in any case, and published practices."""
    row = await connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE title IS NOT NULL) AS cases, count(*) FILTER (WHERE was_held) AS held,
               coalesce(sum(practices), 0)::bigint AS practices,
               (SELECT count(DISTINCT country) FROM organisations
                WHERE organisation_id IN (SELECT unnest(organisations) FROM cases)) AS countries
        FROM cases
        """
    )
    return Numbers(row["cases"], row["held"], row["countries"], row["practices"])


async def exchange_pairs(connection: Connection, limit: int) -> tuple[tuple[Organisation, Organisation], ...]:
    """Who exchanges or has exchanged with whom, the newest first."""
    rows = await connection.fetch(
        """
        SELECT requester_id, offerer_id FROM cases
        WHERE stage IN ('exchanging', 'closed') AND requester_id IS NOT NULL AND offerer_id IS NOT NULL
        ORDER BY case_id DESC LIMIT $1
        """,
        limit,
    )
    known = await organisations(connection, {side for row in rows for side in row})
    pairs = ((known.get(row[0]), known.get(row[1])) for row in rows)
    return tuple((one, other) for one, other in pairs if one is not None and other is not None)


@dataclass(frozen=True, slots=True)
class Changes:
    """Which cases were written by transactions from `since` on, and from where to ask the next time."""

    case_ids: frozenset[UUID]
    next_since: int


async def changes(connection: Connection, since: int | None) -> Changes:
    """What changed since the last call; a case may be named again. Without `since`: nothing yet, only where to begin.

    `since` is the oldest transaction that was still running at the last call: its changes, and those of every later
    one, were not all visible then.
    """
    oldest_running = int(await connection.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text"))
    if since is None:
        return Changes(frozenset(), oldest_running)
    rows = await connection.fetch("SELECT case_id FROM cases WHERE changed_by >= $1::text::xid8", str(since))
    return Changes(frozenset(row[0] for row in rows), oldest_running)
