"""What both sides answered to proposals."""

from datetime import datetime

from services.matching.rules.answers import Answer
from services.matching.rules.proposals import Proposal
from shared.postgres.pool import Connection


async def record_answer(connection: Connection, proposal: Proposal, answer: Answer, at: datetime) -> None:
    """Keep a side's answer; a side that changes its mind has the later one."""
    await connection.execute(
        """
        INSERT INTO answers (proposal_id, side, answer, reason, about_offer, answered_at, member_id, organisation_id,
                             offer_id, country, themes)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, offer_id, country, themes FROM offers WHERE offer_id = $9
        ON CONFLICT (proposal_id, side) DO UPDATE SET answer = excluded.answer, reason = excluded.reason,
            about_offer = excluded.about_offer, answered_at = excluded.answered_at
        """,
        proposal.proposal_id,
        answer.side,
        answer.kind,
        answer.reason,
        answer.about_offer,
        at,
        proposal.member_id,
        proposal.offerer_id,
        proposal.offer_id,
    )
