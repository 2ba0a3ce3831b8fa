"""SQL for what was done with exchanges."""

from uuid import UUID

from services.exchange.rules import Change, ChangeView, plan_view
from shared.postgres.pool import Connection


async def add_change(connection: Connection, exchange_id: UUID, change: Change) -> None:
    """Add to the history of an exchange that is locked, or new."""
    await connection.execute(
        """
        INSERT INTO exchange_history (exchange_id, number, at, by, what, from_state, to_state, reason, before)
        SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8
        FROM exchange_history WHERE exchange_id = $1
        """,
        exchange_id,
        change.at,
        change.by,
        change.what,
        change.from_state,
        change.to_state,
        change.reason,
        plan_view(change.before).model_dump(mode="json") if change.before else None,
    )


async def history_of(connection: Connection, exchange_id: UUID) -> list[ChangeView]:
    """What was done with the exchange, the oldest first."""
    rows = await connection.fetch(
        """
        SELECT number, at, by, what, from_state, to_state, reason, before
        FROM exchange_history WHERE exchange_id = $1 ORDER BY number
        """,
        exchange_id,
    )
    return [ChangeView.model_validate(dict(row)) for row in rows]
