"""What a side says to a proposal, and what that tells of the offer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.matching.rules.proposals import DeclineReason, Proposal, ProposalState
from shared.primitives.terms import Side


class AnswerKind(StrEnum):
    """What was said. `expired`: nothing, until the deadline."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"


R = DeclineReason
# What lies with whoever says it, or with the moment: the same offer may suit the next request as well as ever.
BESIDE_THE_OFFER: Mapping[Side, frozenset[DeclineReason]] = {
    Side.REQUESTER: frozenset({R.DATES, R.ANOTHER_PEER, R.BUDGET, R.WORKLOAD}),
    Side.OFFERER: frozenset({R.DATES, R.ANOTHER_PEER}),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One side's answer; a reason where it declines."""

    side: Side
    kind: AnswerKind
    reason: DeclineReason | None = None

    @property
    def about_offer(self) -> bool:
        """Whether acceptance can be learned from it. Silence tells of the side that is silent."""
        if self.kind is AnswerKind.EXPIRED:
            return self.side is Side.OFFERER
        return self.reason not in BESIDE_THE_OFFER[self.side]


def past_answers(proposal: Proposal) -> tuple[Answer, ...]:
    """What a decided proposal itself tells of its answers. Of one that expired it does not tell who was silent."""
    if proposal.state is ProposalState.DECLINED and proposal.declined_by is not None and proposal.reason is not None:
        return (Answer(proposal.declined_by, AnswerKind.DECLINED, DeclineReason(proposal.reason)),)
    if proposal.state in {ProposalState.CONFIRMED, ProposalState.CANCELLED}:
        return tuple(Answer(side, AnswerKind.ACCEPTED) for side in Side)
    return ()
