"""Capacity and days that confirmed matches have taken."""

from uuid import UUID

import asyncpg

from services.matching.rules.proposals import Proposal, SupersededBecause
from services.matching.storage.proposals import why_ground_lost
from shared.postgres.pool import Connection


async def reserve(connection: Connection, proposal: Proposal) -> SupersededBecause | None:
    """Take one of the offer's places and the expert's days. The caller rolls back if a reason comes back.

    The condition is checked again under the row's lock, so of many who want the last place exactly one gets it.
    """
    days = asyncpg.Range(proposal.days.first, proposal.days.last, upper_inc=True)
    taken = await connection.fetchval(
        """
        UPDATE offers SET reserved = reserved + 1
        WHERE offer_id = $1 AND reserved < capacity AND state <> 'closed' AND windows @> $2::daterange RETURNING true
        """,
        proposal.offer_id,
        days,
    )
    if not taken:
        return await why_ground_lost(connection, proposal.proposal_id) or SupersededBecause.CAPACITY_GONE
    booked = await connection.fetchval(
        """
        INSERT INTO bookings (proposal_id, offer_id, member_id, days) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        proposal.proposal_id,
        proposal.offer_id,
        proposal.member_id,
        days,
    )
    return None if booked else SupersededBecause.EXPERT_BOOKED


async def release(connection: Connection, proposal_id: UUID) -> None:
    """Give the place and the days back. The offer is locked first, as in `reserve`."""
    await connection.execute(
        """
        UPDATE offers o SET reserved = reserved - 1, changed_at = now()
        FROM bookings b WHERE b.proposal_id = $1 AND o.offer_id = b.offer_id
        """,
        proposal_id,
    )
    await connection.execute("DELETE FROM bookings WHERE proposal_id = $1", proposal_id)
