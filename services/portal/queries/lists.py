"""Cases in lists."""

from collections.abc import Collection

import asyncpg

from services.portal.queries.organisations import organisations
from services.portal.queries.values import PAGE_SIZE, CasePage, CaseRow
from services.portal.rules.states import Stage, State
from services.portal.rules.summary import NextStep, Party, Step
from shared.postgres.pool import Connection
from shared.primitives.terms import Mode

_ROW = """
    SELECT c.case_id, c.version, c.reference, c.title, c.title_language, c.state, c.mode, c.next_step, c.next_who,
           c.next_by, c.first_day, c.last_day, c.requester_id, c.offerer_id, c.peer_id
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


async def cases_about(
    connection: Connection, first: Collection[str], besides: Collection[str], limit: int
) -> tuple[CaseRow, ...]:
    """Cases that have a title and one of these topics: those with one of the `first` before others, then the newest."""
    rows = await connection.fetch(
        f"""
        {_ROW} WHERE c.title IS NOT NULL AND c.topics && ($1::text[] || $2::text[])
        ORDER BY c.topics && $1::text[] DESC, c.case_id DESC LIMIT $3
        """,
        list(first),
        list(besides),
        limit,
    )
    return await _with_organisations(connection, rows)


async def _with_organisations(connection: Connection, rows: list[asyncpg.Record]) -> tuple[CaseRow, ...]:
    named = {row[name] for row in rows for name in ("requester_id", "offerer_id", "peer_id")} - {None}
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
            peer=known.get(row["peer_id"]),
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
