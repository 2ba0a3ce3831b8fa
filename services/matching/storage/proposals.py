"""Proposals, and which of them have lost their ground."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from services.matching.rules.proposals import (
    NOT_CHOSEN,
    OPEN,
    REFUSED,
    UNPUBLISHED,
    Proposal,
    SupersededBecause,
)
from services.matching.storage.proposal_rows import COLUMNS, as_json, proposal_of
from shared.postgres.pool import Connection

# Why a proposal can't be confirmed any more, NULL while it can: one text for the check of one proposal and for the
# sweep over all. $1 is today. A paused offer takes no new proposals, but what was proposed before can still be agreed.
# An expert's days a year are those of a calendar year, of all exchanges together (0: the offer does not say).
# What nobody answered in time expires, even if its days have come meanwhile. Days that had gone by when they were
# proposed are those of a case that was entered afterwards.
GROUND_LOST = """
    CASE WHEN o.state = 'closed' THEN 'offer-closed'
         WHEN o.reserved >= o.capacity THEN 'capacity-gone'
         WHEN NOT o.windows @> daterange(p.first_day, p.last_day, '[]') THEN 'window-gone'
         WHEN EXISTS (SELECT FROM bookings b WHERE b.member_id = p.member_id
                      AND b.days && daterange(p.first_day, p.last_day, '[]')) THEN 'expert-booked'
         WHEN o.days_a_year > 0 AND EXISTS (
             SELECT FROM generate_series(extract(year FROM p.first_day)::integer,
                                         extract(year FROM p.last_day)::integer) AS year,
                  LATERAL (SELECT daterange(make_date(year, 1, 1), make_date(year, 12, 31), '[]') AS days) AS y
             WHERE o.days_a_year < (
                 SELECT sum(upper(given.days * y.days) - lower(given.days * y.days))
                 FROM (SELECT daterange(p.first_day, p.last_day, '[]') UNION ALL
                       SELECT b.days FROM bookings b WHERE b.member_id = p.member_id) AS given (days)
             )
         ) THEN 'days-gone'
         WHEN p.first_day <= $1 AND p.first_day > p.proposed_at::date AND p.respond_by >= $1 THEN 'days-past'
    END
"""


async def put_proposals(connection: Connection, proposals: Iterable[Proposal]) -> None:
    """Store new proposals, or all of those that were not published before.

    The database refuses a second open one for the same pair.
    """
    await connection.execute(
        f"""
        INSERT INTO proposals ({COLUMNS}) SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::proposals, $1)
        ON CONFLICT (proposal_id) DO UPDATE SET
            {", ".join(f"{name} = excluded.{name}" for name in COLUMNS.split(", "))}, updated_at = now()
        """,  # noqa: S608  # the names are the constant above
        as_json(proposals),
    )


async def end_unpublished(connection: Connection, application_id: UUID, *, but: Collection[UUID] = ()) -> None:
    """End what was computed for a search and never published, except for some offers; nobody outside will hear of it.

    Among these offers, what was only computed ends too.
    """
    await connection.execute(
        """
        UPDATE proposals SET state = 'superseded', reason = $3, updated_at = now()
        WHERE application_id = $1 AND state = ANY($2) AND NOT (state = 'shortlisted' AND offer_id = ANY($4))
        """,
        application_id,
        list(UNPUBLISHED),
        NOT_CHOSEN,
        list(but),
    )


async def shortlisted_offers(connection: Connection, application_id: UUID) -> list[UUID]:
    """The offers that a coordinator has put onto the shortlist."""
    rows = await connection.fetch(
        "SELECT offer_id FROM proposals WHERE application_id = $1 AND state = 'shortlisted'", application_id
    )
    return [row[0] for row in rows]


async def load_proposal(connection: Connection, proposal_id: UUID) -> Proposal | None:
    """A proposal as it is, without a lock."""
    row = await connection.fetchrow("SELECT * FROM proposals WHERE proposal_id = $1", proposal_id)
    return proposal_of(row) if row else None


async def proposals_of(connection: Connection, application_id: UUID) -> list[Proposal]:
    """All proposals of an application, the latest search first, the best first."""
    rows = await connection.fetch(
        "SELECT * FROM proposals WHERE application_id = $1 ORDER BY search DESC, rank, proposal_id", application_id
    )
    return [proposal_of(row) for row in rows]


async def refused_offers(connection: Connection, application_id: UUID) -> frozenset[UUID]:
    """Offers whose proposal to this application came to nothing."""
    rows = await connection.fetch(
        "SELECT offer_id FROM proposals WHERE application_id = $1 AND state = ANY($2)", application_id, list(REFUSED)
    )
    return frozenset(row[0] for row in rows)


async def all_refused(connection: Connection, application_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The offers whose proposal came to nothing, by application, where there is any."""
    rows = await connection.fetch(
        """
        SELECT application_id, array_agg(offer_id) AS offers FROM proposals
        WHERE application_id = ANY($1) AND state = ANY($2) GROUP BY application_id
        """,
        list(application_ids),
        list(REFUSED),
    )
    return {row["application_id"]: frozenset(row["offers"]) for row in rows}


async def matched_before(connection: Connection, organisation_ids: Collection[UUID]) -> set[UUID]:
    """Those of these organisations that have found a peer before, whatever became of it."""
    rows = await connection.fetch(
        """
        SELECT DISTINCT requester_id FROM proposals
        WHERE requester_id = ANY($1) AND state IN ('confirmed', 'cancelled')
        """,
        list(organisation_ids),
    )
    return {row[0] for row in rows}


async def lock_proposals(connection: Connection, application_id: UUID) -> dict[UUID, Proposal]:
    """All proposals of an application, locked until the commit; its search must be locked before."""
    rows = await connection.fetch(
        "SELECT * FROM proposals WHERE application_id = $1 ORDER BY proposal_id FOR UPDATE", application_id
    )
    return {row["proposal_id"]: proposal_of(row) for row in rows}


async def save_proposal(connection: Connection, proposal: Proposal) -> None:
    """Store what changes in a proposal."""
    await connection.execute(
        """
        UPDATE proposals SET state = $2, reason = $3, declined_by = $4, remind_on = $5, updated_at = now()
        WHERE proposal_id = $1
        """,
        proposal.proposal_id,
        proposal.state,
        proposal.reason,
        proposal.declined_by,
        proposal.remind_on,
    )


async def why_ground_lost(connection: Connection, proposal_id: UUID, today: date) -> SupersededBecause | None:
    """Why this proposal can't be confirmed any more; None while it can."""
    because = await connection.fetchval(
        f"SELECT {GROUND_LOST} FROM proposals p JOIN offers o USING (offer_id) WHERE p.proposal_id = $2",  # noqa: S608
        today,
        proposal_id,
    )
    return SupersededBecause(because) if because else None


async def application_with_lost_ground(connection: Connection, today: date) -> UUID | None:
    """An application of which an open proposal can't be confirmed any more."""
    found: UUID | None = await connection.fetchval(
        f"""
        SELECT p.application_id FROM proposals p JOIN offers o USING (offer_id)
        WHERE p.state = ANY($2) AND {GROUND_LOST} IS NOT NULL ORDER BY p.proposal_id LIMIT 1
        """,  # noqa: S608  # the condition is the constant above
        today,
        list(OPEN),
    )
    return found


async def application_past_deadline(connection: Connection, today: date) -> UUID | None:
    """An application with an open proposal whose last day has passed."""
    found: UUID | None = await connection.fetchval(
        "SELECT application_id FROM proposals WHERE state = ANY($1) AND respond_by < $2 ORDER BY respond_by LIMIT 1",
        list(OPEN),
        today,
    )
    return found


async def application_to_remind(connection: Connection, today: date) -> UUID | None:
    """An application with an open proposal of which somebody is to be reminded."""
    found: UUID | None = await connection.fetchval(
        """
        SELECT application_id FROM proposals
        WHERE state = ANY($1) AND remind_on <= $2 AND respond_by >= $2 ORDER BY remind_on LIMIT 1
        """,
        list(OPEN),
        today,
    )
    return found


async def decided_without_answers(connection: Connection, limit: int) -> list[Proposal]:
    """Proposals that were declined or agreed to by the release before, which kept no answers."""
    rows = await connection.fetch(
        """
        SELECT * FROM proposals p WHERE state IN ('declined', 'confirmed', 'cancelled')
            AND NOT EXISTS (SELECT FROM answers a WHERE a.proposal_id = p.proposal_id)
        ORDER BY proposal_id LIMIT $1
        """,
        limit,
    )
    return [proposal_of(row) for row in rows]
