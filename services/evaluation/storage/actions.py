"""Actions."""

from uuid import UUID

from services.evaluation.rules.actions import Action, ActionState
from shared.postgres.pool import Connection


async def insert_action(connection: Connection, action: Action) -> None:
    """Store a new action."""
    await connection.execute(
        """
        INSERT INTO actions (action_id, exchange_id, application_id, owner_id, what, due, state)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        action.action_id,
        action.exchange_id,
        action.application_id,
        action.owner_id,
        action.what,
        action.due,
        action.state,
    )


async def actions_of(connection: Connection, exchange_id: UUID) -> list[Action]:
    """The actions of an exchange, the earliest due first."""
    rows = await connection.fetch("SELECT * FROM actions WHERE exchange_id = $1 ORDER BY due, action_id", exchange_id)
    return [
        Action(
            action_id=row["action_id"],
            exchange_id=row["exchange_id"],
            application_id=row["application_id"],
            owner_id=row["owner_id"],
            what=row["what"],
            due=row["due"],
            state=ActionState(row["state"]),
        )
        for row in rows
    ]
