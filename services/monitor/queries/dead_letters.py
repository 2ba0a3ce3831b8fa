"""Dead letters of all services, as they reported them."""

from uuid import UUID

from services.monitor.rules import SEE_THE_CONSOLE, may
from services.monitor.rules.views import DeadLetterView
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound, require

SELECT = """
    SELECT letter.*, event.case_id FROM reported_dead_letters AS letter
    LEFT JOIN events AS event ON event.event_id = letter.event_id
"""


async def dead_letters(
    connection: Connection, actor: Actor, *, state: str | None = None, limit: int = 100
) -> list[DeadLetterView]:
    """Those in that state, or all, the newest first."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    rows = await connection.fetch(
        SELECT + "WHERE $1::text IS NULL OR letter.state = $1 ORDER BY letter.reported_at DESC LIMIT $2", state, limit
    )
    return [DeadLetterView.model_validate(dict(row)) for row in rows]


async def dead_letter(connection: Connection, actor: Actor, dead_letter_id: UUID) -> DeadLetterView:
    """One of them. Raises NotFound if none was reported under that id."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    row = await connection.fetchrow(SELECT + "WHERE letter.dead_letter_id = $1", dead_letter_id)
    if row is None:
        raise _not_reported()
    return DeadLetterView.model_validate(dict(row))


async def holder(connection: Connection, actor: Actor, dead_letter_id: UUID, action: str) -> str:
    """The service that holds it, for whoever may do this with it. Raises NotFound if none has reported it."""
    require(may(actor, action), action)
    service: str | None = await connection.fetchval(
        "SELECT service FROM reported_dead_letters WHERE dead_letter_id = $1", dead_letter_id
    )
    if service is None:
        raise _not_reported()
    return service


def _not_reported() -> NotFound:
    return NotFound("no-such-dead-letter", "No service has reported a dead letter with this id. List them.")
