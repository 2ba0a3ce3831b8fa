"""Offers."""

from dataclasses import asdict
from datetime import datetime
from uuid import UUID

import asyncpg

from services.intake.rules.answers import OfferAnswers
from services.intake.rules.states import OfferState
from services.intake.rules.things import Offer
from shared.postgres.pool import Connection
from shared.primitives.errors import FieldProblem, NotFound


async def insert_offer(connection: Connection, offer: Offer) -> None:
    """Store a new draft."""
    await connection.execute(
        "INSERT INTO offers (offer_id, organisation_id, member_id, state, answers) VALUES ($1, $2, $3, 'draft', '{}')",
        offer.offer_id,
        offer.organisation_id,
        offer.member_id,
    )
    await save_offer(connection, offer)


async def lock_offer(connection: Connection, offer_id: UUID) -> Offer:
    """The offer, locked until the commit. Raises NotFound."""
    return _offer(await connection.fetchrow("SELECT * FROM offers WHERE offer_id = $1 FOR UPDATE", offer_id))


async def offer(connection: Connection, offer_id: UUID) -> Offer:
    """The offer, for reading. Raises NotFound."""
    return _offer(await connection.fetchrow("SELECT * FROM offers WHERE offer_id = $1", offer_id))


async def lock_unconfirmed_since(connection: Connection, moment: datetime, limit: int) -> list[Offer]:
    """Offers that were last confirmed before the moment, locked; those that another process holds are left to it."""
    rows = await connection.fetch(
        """
        SELECT * FROM offers WHERE state IN ('active', 'paused', 'reserved') AND confirmed_at < $1
        ORDER BY offer_id LIMIT $2 FOR UPDATE SKIP LOCKED
        """,
        moment,
        limit,
    )
    return [_offer(row) for row in rows]


async def save_offer(connection: Connection, offer: Offer) -> None:
    """Store everything of the offer that can change."""
    await connection.execute(
        """
        UPDATE offers SET state = $2, answers = $3, failed_checks = $4, capacity = $5, taken = $6, done = $7,
            confirmed_at = $8
        WHERE offer_id = $1
        """,
        offer.offer_id,
        offer.state,
        offer.answers.model_dump(mode="json"),
        [asdict(problem) for problem in offer.failed_checks],
        offer.answers.capacity,
        offer.taken,
        offer.done,
        offer.confirmed_at,
    )


def _offer(row: asyncpg.Record | None) -> Offer:
    if row is None:
        raise NotFound("no-such-offer", "There is no offer with this id that you may see.")
    return Offer(
        offer_id=row["offer_id"],
        organisation_id=row["organisation_id"],
        member_id=row["member_id"],
        state=OfferState(row["state"]),
        answers=OfferAnswers.model_validate(row["answers"]),
        failed_checks=tuple(FieldProblem(**problem) for problem in row["failed_checks"]),
        taken=row["taken"],
        done=row["done"],
        confirmed_at=row["confirmed_at"],
    )
