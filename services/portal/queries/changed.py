"""What has changed since somebody last looked."""

from dataclasses import dataclass
from uuid import UUID

from shared.postgres.pool import Connection


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
