"""What both sides answered to proposals, and sums of it."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import asyncpg

from services.matching.rules.answers import Answer, AnswerKind, Tally
from services.matching.rules.proposals import DeclineReason, Proposal
from shared.postgres.pool import Connection
from shared.primitives.terms import Side


class Of(StrEnum):
    """Whose answers are summed."""

    OFFER = "offer_id"
    EXPERT = "member_id"
    ORGANISATION = "organisation_id"
    COUNTRY = "country"
    THEME = "theme"


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


async def tallies(connection: Connection, of: Of, side: Side) -> Mapping[UUID | str, Tally]:
    """The answers of one side, summed per offer, expert, organisation, country or theme; each that has any.

    An answer to an offer with three themes counts for each of the three.
    """
    source = "answers CROSS JOIN unnest(themes) AS theme" if of is Of.THEME else "answers"
    rows = await connection.fetch(
        f"""
        SELECT {of} AS key, answer, reason, about_offer, count(*) AS number
        FROM {source} WHERE side = $1 GROUP BY 1, 2, 3, 4
        """,  # noqa: S608  # one of the columns above
        side,
    )
    grouped: dict[UUID | str, list[asyncpg.Record]] = defaultdict(list)
    for row in rows:
        grouped[row["key"]].append(row)
    return {key: _tally(of_key) for key, of_key in grouped.items()}


def _tally(rows: list[asyncpg.Record]) -> Tally:
    telling = [row for row in rows if row["about_offer"]]
    numbers = {row["answer"]: row["number"] for row in telling if row["reason"] is None}
    return Tally(
        accepted=numbers.get(AnswerKind.ACCEPTED, 0),
        declined={DeclineReason(row["reason"]): row["number"] for row in telling if row["reason"] is not None},
        expired=numbers.get(AnswerKind.EXPIRED, 0),
        beside=sum(row["number"] for row in rows if not row["about_offer"]),
    )
