"""Capacity and days that confirmed matches have taken."""

from datetime import date
from uuid import UUID

import asyncpg

from services.matching.engine.days import without_booked
from services.matching.engine.values import Days
from services.matching.rules.proposals import Proposal, SupersededBecause
from services.matching.storage.offers import ONE_DAY, days_of
from services.matching.storage.proposals import why_ground_lost
from shared.postgres.pool import Connection

# All offers of an expert, locked in one order, so that two who do this can't wait for each other.
THEIRS = "SELECT offer_id FROM offers WHERE member_id = $1 OR offer_id = $2 ORDER BY offer_id FOR UPDATE"


async def reserve(connection: Connection, proposal: Proposal, today: date) -> SupersededBecause | None:
    """Take one of the offer's places and the expert's days. The caller rolls back if a reason comes back.

    Whether this can still be is asked under the lock of all the expert's offers: of many who want the last place, or
    the last days of a year, exactly one gets them.
    """
    await connection.execute(THEIRS, proposal.member_id, proposal.offer_id)
    lost = await why_ground_lost(connection, proposal.proposal_id, today)
    if lost is not None:
        return lost
    await connection.execute("UPDATE offers SET reserved = reserved + 1 WHERE offer_id = $1", proposal.offer_id)
    return None if await _book(connection, proposal, proposal.days) else SupersededBecause.EXPERT_BOOKED


async def move(connection: Connection, proposal: Proposal, wanted: Days) -> Days | None:
    """Book other days for a match instead of those it has; returns what it then holds, None for nothing.

    Of days that another match of the expert holds in part, the longest free stretch is booked. The expert's offers are
    locked first, as in `reserve`.
    """
    held = await connection.fetchval("SELECT days FROM bookings WHERE proposal_id = $1", proposal.proposal_id)
    if held == _range(wanted):
        return wanted
    await _free(connection, proposal, places=0)
    days: Days | None = wanted
    while days is not None and not await _book(connection, proposal, days):
        # Whoever took the days has committed: each turn sees at least one booking more than the last.
        free = without_booked([wanted], await _booked(connection, proposal.member_id))
        days = max(free, key=lambda stretch: stretch.length, default=None)
    return days


async def release(connection: Connection, proposal: Proposal) -> None:
    """Give the place of a match back, and the days that it holds. The expert's offers are locked first, as there."""
    await _free(connection, proposal, places=1)


async def _free(connection: Connection, proposal: Proposal, *, places: int) -> None:
    """Give places of the offer back and delete the booking.

    All offers of the expert are marked as changed: the days that are free again may suit somebody for any of them.
    """
    await connection.execute(
        f"""
        WITH theirs AS ({THEIRS})
        UPDATE offers AS o SET reserved = o.reserved - CASE WHEN o.offer_id = $2 THEN $3 ELSE 0 END, changed_at = now()
        FROM theirs WHERE o.offer_id = theirs.offer_id
        """,  # noqa: S608  # the constant above
        proposal.member_id,
        proposal.offer_id,
        places,
    )
    await connection.execute("DELETE FROM bookings WHERE proposal_id = $1", proposal.proposal_id)


async def _book(connection: Connection, proposal: Proposal, days: Days) -> bool:
    """Whether the expert was free on all of these days; waits for those who are booking them in this moment."""
    booked = await connection.fetchval(
        """
        INSERT INTO bookings (proposal_id, offer_id, member_id, days) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        proposal.proposal_id,
        proposal.offer_id,
        proposal.member_id,
        _range(days),
    )
    return bool(booked)


async def _booked(connection: Connection, member_id: UUID) -> list[Days]:
    rows = await connection.fetch("SELECT days FROM bookings WHERE member_id = $1 ORDER BY days", member_id)
    return [days_of(row["days"]) for row in rows]


def _range(days: Days) -> asyncpg.Range:
    return asyncpg.Range(days.first, days.last + ONE_DAY)
