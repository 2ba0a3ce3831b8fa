"""Proposals as rows of their table."""

from collections.abc import Iterable

import asyncpg

from services.matching.engine.values import Days
from services.matching.rules.proposals import Proposal, ProposalState
from shared.events.matching import Contribution, Raise
from shared.primitives.terms import Mode, Side

COLUMNS = (
    "proposal_id, application_id, offer_id, requester_id, offerer_id, member_id, state, search, rank, score, "
    "contributions, mode, first_day, last_day, respond_by, proposed_at, working_days, remind_on, raises"
)


def as_json(proposals: Iterable[Proposal]) -> list[dict[str, object]]:
    """Rows by their columns; ids as text, since those that asyncpg has read are of a class that JSON does not know."""
    return [_columns(one) for one in proposals]


def _columns(proposal: Proposal) -> dict[str, object]:
    return {
        "proposal_id": str(proposal.proposal_id),
        "application_id": str(proposal.application_id),
        "offer_id": str(proposal.offer_id),
        "requester_id": str(proposal.requester_id),
        "offerer_id": str(proposal.offerer_id),
        "member_id": str(proposal.member_id),
        "state": proposal.state,
        "search": proposal.search,
        "rank": proposal.rank,
        "score": proposal.score,
        "contributions": [contribution.model_dump() for contribution in proposal.contributions],
        "mode": proposal.mode,
        "first_day": proposal.days.first,
        "last_day": proposal.days.last,
        "respond_by": proposal.respond_by,
        "proposed_at": proposal.proposed_at,
        "working_days": proposal.working_days,
        "remind_on": proposal.remind_on,
        "raises": [each.model_dump() for each in proposal.raises],
    }


def proposal_of(row: asyncpg.Record) -> Proposal:
    """A row as a proposal."""
    return Proposal(
        proposal_id=row["proposal_id"],
        application_id=row["application_id"],
        offer_id=row["offer_id"],
        requester_id=row["requester_id"],
        offerer_id=row["offerer_id"],
        member_id=row["member_id"],
        state=ProposalState(row["state"]),
        search=row["search"],
        rank=row["rank"],
        score=row["score"],
        contributions=tuple(Contribution.model_validate(one) for one in row["contributions"]),
        mode=Mode(row["mode"]),
        days=Days(row["first_day"], row["last_day"]),
        respond_by=row["respond_by"],
        proposed_at=row["proposed_at"],
        working_days=tuple(row["working_days"]),
        remind_on=row["remind_on"],
        raises=tuple(Raise.model_validate(one) for one in row["raises"]),
        reason=row["reason"],
        declined_by=Side(row["declined_by"]) if row["declined_by"] else None,
    )
