"""What operators did about dead letters: who, when, why, and what came of it. Each act stays, also one in vain."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import asyncpg

from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import UnitOfWork
from shared.streaming.message import Broken

Outcome = Literal["replayed", "discarded", "failed"]


async def record(work: UnitOfWork, letter_id: UUID, outcome: Outcome, why: str, failure: Broken | None = None) -> None:
    """Note what the unit's actor has done to a letter, in the running transaction."""
    await work.connection.execute(
        """
        INSERT INTO dead_letter_acts (dead_letter_id, outcome, at, by, why, reason, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        letter_id,
        outcome,
        work.now,
        work.actor.account,
        why,
        failure and failure.reason,
        failure and failure.detail,
    )


async def acts_on(connection: Connection, letter_id: UUID) -> Sequence[asyncpg.Record]:
    """All acts on a letter, in their order. Those of a release that did not note them are missing."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        """
        SELECT outcome, at, by, why, reason, detail FROM dead_letter_acts WHERE dead_letter_id = $1 ORDER BY position
        """,
        letter_id,
    )
    return rows
