"""Events by their identity."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.monitor.rules.timeline import Seen
from shared.postgres.pool import Connection

COLUMNS = ("event_id", "case_id", "service", "type", "topic", "aggregate", "sequence", "time", "arrived_at")
MOST_OF_A_CASE = 5000


async def insert_events(connection: Connection, events: Sequence[Seen]) -> None:
    """Keep events that are not known yet."""
    rows = [tuple(getattr(event, column) for column in COLUMNS) for event in events]
    await connection.copy_records_to_table("events", records=rows, columns=COLUMNS)


async def events_of_case(connection: Connection, case_id: UUID) -> list[Seen]:
    """The events of a case in no particular order; of a runaway case the first 5000 by time."""
    rows = await connection.fetch(
        f"SELECT {', '.join(COLUMNS)} FROM events WHERE case_id = $1 ORDER BY time LIMIT {MOST_OF_A_CASE}",  # noqa: S608
        case_id,
    )
    return [Seen(*row) for row in rows]


async def nth_newest_time(connection: Connection, topic: str, place: int) -> datetime | None:
    """When the n-th newest event of a topic happened, 1 being the newest; the oldest one if there are fewer."""
    time: datetime | None = await connection.fetchval(
        """
        SELECT min(time) FROM (SELECT time FROM events WHERE topic = $1 ORDER BY time DESC LIMIT $2) AS newest
        """,
        topic,
        place,
    )
    return time
