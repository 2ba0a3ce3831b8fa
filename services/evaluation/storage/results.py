"""Figures over many answers. They are raw: whoever shows them must hide small groups first.

Each function takes an exchange, or None for all exchanges.
"""

from uuid import UUID

from services.evaluation.rules.instruments import THEN
from services.evaluation.rules.results import ConfidenceFigures, ItemFigures
from shared.events.evaluation import SurveyKind
from shared.postgres.pool import Connection


async def returns(connection: Connection, exchange_id: UUID | None) -> tuple[int, int]:
    """How many surveys were asked for, without those that were waived, and how many were answered."""
    row = await connection.fetchrow(
        """
        SELECT count(*) FILTER (WHERE s.state <> 'waived') AS asked, count(a.survey_id) AS answered
        FROM surveys s LEFT JOIN answers a USING (survey_id) WHERE $1::uuid IS NULL OR s.exchange_id = $1
        """,
        exchange_id,
    )
    assert row is not None
    return row["asked"], row["answered"]


async def item_figures(connection: Connection, exchange_id: UUID | None) -> list[ItemFigures]:
    """One row for each item that was rated."""
    rows = await connection.fetch(
        """
        SELECT s.kind, r.item, count(*) AS n, count(DISTINCT s.respondent_id) AS respondents,
               avg(r.value)::double precision AS mean
        FROM ratings r JOIN surveys s USING (survey_id) WHERE $1::uuid IS NULL OR s.exchange_id = $1
        GROUP BY s.kind, r.item ORDER BY array_position(ARRAY['before', 'pulse', 'after'], s.kind), min(r.place), r.item
        """,
        exchange_id,
    )
    return [ItemFigures(SurveyKind(row[0]), *row[1:]) for row in rows]


async def confidence(connection: Connection, exchange_id: UUID | None) -> list[ConfidenceFigures]:
    """One row for each item that was rated before, after and, looking back, "then", by the same organisation."""
    rows = await connection.fetch(
        """
        SELECT b.item, count(*) AS n, count(DISTINCT sb.respondent_id) AS respondents,
               avg(b.value)::double precision AS before, avg(t.value)::double precision AS then_,
               avg(a.value)::double precision AS after
        FROM surveys sb
        JOIN surveys sa ON sa.exchange_id = sb.exchange_id AND sa.side = sb.side AND sa.kind = 'after'
        JOIN ratings b ON b.survey_id = sb.survey_id
        JOIN ratings a ON a.survey_id = sa.survey_id AND a.item = b.item
        JOIN ratings t ON t.survey_id = sa.survey_id AND t.item = b.item || $2
        WHERE sb.kind = 'before' AND ($1::uuid IS NULL OR sb.exchange_id = $1)
        GROUP BY b.item ORDER BY b.item
        """,
        exchange_id,
        THEN,
    )
    return [ConfidenceFigures(*row) for row in rows]
