"""What the home page counts and draws."""

from services.portal.queries.organisations import organisations
from services.portal.queries.values import Numbers, Organisation
from shared.postgres.pool import Connection


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
