"""Cases and their timelines."""

from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from services.monitor import storage
from services.monitor.rules import SEE_THE_CONSOLE, may
from services.monitor.rules.cases import is_stuck
from services.monitor.rules.views import CaseView, TimelineView, timeline_view
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound, require

COLUMNS = "case_id, reference, state, waits_for, events, first_at, last_at, quiet_since"


async def stuck_cases(
    connection: Connection, actor: Actor, *, now: datetime, patience: timedelta, limit: int = 100
) -> list[CaseView]:
    """Cases that wait for somebody and have been quiet for longer than `patience`, the quietest first."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    rows = await connection.fetch(
        f"""
        SELECT {COLUMNS} FROM cases WHERE waits_for IS NOT NULL AND quiet_since < $1
        ORDER BY quiet_since LIMIT $2
        """,  # noqa: S608  the columns are ours
        now - patience,
        limit,
    )
    return [_view(row, now, patience) for row in rows]


async def recent_cases(
    connection: Connection, actor: Actor, *, now: datetime, patience: timedelta, limit: int = 20
) -> list[CaseView]:
    """The cases with the newest events."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM cases ORDER BY last_at DESC NULLS LAST LIMIT $1",  # noqa: S608  the columns are ours
        limit,
    )
    return [_view(row, now, patience) for row in rows]


async def find_cases(
    connection: Connection, actor: Actor, wanted: str, *, now: datetime, patience: timedelta
) -> list[CaseView]:
    """The cases with this reference (in capitals or not) or id; none for a text that is neither."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM cases WHERE reference = $1 OR case_id = $2 ORDER BY last_at DESC LIMIT 20",  # noqa: S608
        wanted.strip().upper().replace("\0", ""),
        _id_in(wanted),
    )
    return [_view(row, now, patience) for row in rows]


async def timeline(
    connection: Connection, actor: Actor, case_id: UUID, *, now: datetime, patience: timedelta
) -> TimelineView:
    """A case with all its events. Raises NotFound for a case of which nothing has been heard."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM cases WHERE case_id = $1", case_id)  # noqa: S608
    if row is None:
        raise NotFound("no-such-case", "No event of this case has been heard. Check its id, or wait a moment.")
    return timeline_view(_view(row, now, patience), await storage.events_of_case(connection, case_id))


def _id_in(text: str) -> UUID | None:
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def _view(row: asyncpg.Record, now: datetime, patience: timedelta) -> CaseView:
    stuck = is_stuck(row["waits_for"], row["quiet_since"], now=now, patience=patience)
    return CaseView(**dict(row), stuck=stuck)
