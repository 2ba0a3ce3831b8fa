"""What services reported about events that they could not use."""

from datetime import datetime
from uuid import UUID

from shared.events.dead_letters import DeadLetterSettled, EventDeadLettered
from shared.postgres.pool import Connection


async def insert_dead_letter(connection: Connection, letter: EventDeadLettered, *, reported_at: datetime) -> None:
    """Keep a dead letter; one that waits again after a settlement is dead again."""
    await connection.execute(
        """
        INSERT INTO reported_dead_letters AS known
            (dead_letter_id, service, state, origin_topic, origin_partition, origin_offset, origin_key,
             event_id, event_type, reason, detail, reported_at)
        VALUES ($1, $2, 'dead', $3, $4, $5, $6, $7, $8, $9, $10, $11)
        ON CONFLICT (dead_letter_id) DO UPDATE
        SET state = 'dead', reason = excluded.reason, detail = excluded.detail, reported_at = excluded.reported_at,
            settled_at = NULL, settled_by = NULL, settled_why = NULL
        """,
        letter.dead_letter_id,
        letter.service,
        letter.origin_topic,
        letter.origin_partition,
        letter.origin_offset,
        letter.origin_key,
        _uuid(letter.event_id),
        letter.event_type,
        letter.reason,
        letter.detail,
        reported_at,
    )


def _uuid(text: str | None) -> UUID | None:
    # It is None where the envelope could not be read; a service that writes something else has told us nothing.
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


async def settle_dead_letter(connection: Connection, settled: DeadLetterSettled) -> None:
    """Note what became of a dead letter. One whose report was given up is not known, and stays so."""
    await connection.execute(
        """
        UPDATE reported_dead_letters SET state = $2, settled_at = $3, settled_by = $4, settled_why = $5
        WHERE dead_letter_id = $1
        """,
        settled.dead_letter_id,
        settled.outcome,
        settled.at,
        settled.by,
        settled.why,
    )
