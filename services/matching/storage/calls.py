"""Searches whose targeted call is open, or has closed."""

from datetime import date
from uuid import UUID

from services.matching.rules.searches import Call, Search
from services.matching.storage.searches import search_of
from shared.postgres.pool import Connection


async def open_calls(
    connection: Connection, today: date, association: UUID | None, after: UUID | None, limit: int
) -> list[tuple[Search, Call]]:
    """Searches whose call is open today, with it, in the order of their applications; to an association, or all."""
    rows = await connection.fetch(
        """
        SELECT * FROM searches
        WHERE state = 'called' AND call_closes_on >= $1 AND ($2 = ANY (called_associations) OR $2 IS NULL)
          AND (application_id > $3 OR $3 IS NULL)
        ORDER BY application_id LIMIT $4
        """,
        today,
        association,
        after,
        limit,
    )
    return [(search, search.call) for search in map(search_of, rows) if search.call is not None]


async def application_past_call(connection: Connection, today: date) -> UUID | None:
    """An application whose call closed before today and is not answered, the one that has waited longest."""
    application_id: UUID | None = await connection.fetchval(
        """
        SELECT application_id FROM searches WHERE state = 'called' AND call_closes_on < $1
        ORDER BY call_closes_on, application_id LIMIT 1
        """,
        today,
    )
    return application_id
