"""One proposal: who may answer it, and what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.matching.engine.values import Days
from shared.events.matching import Contribution, Raise
from shared.primitives.errors import WrongState
from shared.primitives.terms import Mode, Side


class ProposalState(StrEnum):
    """Where a proposal stands. `computed` and `shortlisted` are before anybody outside is told."""

    COMPUTED = "computed"
    SHORTLISTED = "shortlisted"
    PUBLISHED = "published"
    ACCEPTED_BY_REQUESTER = "accepted-by-requester"
    ACCEPTED_BY_OFFERER = "accepted-by-offerer"
    MUTUALLY_ACCEPTED = "mutually-accepted"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


S = ProposalState
# Published and not decided yet: these can be answered, and end when the deadline passes or the ground for them goes.
OPEN = frozenset({S.PUBLISHED, S.ACCEPTED_BY_REQUESTER, S.ACCEPTED_BY_OFFERER})
UNPUBLISHED = frozenset({S.COMPUTED, S.SHORTLISTED})
_ENDS = frozenset({S.DECLINED, S.EXPIRED, S.SUPERSEDED})
TRANSITIONS: Mapping[ProposalState, frozenset[ProposalState]] = {
    S.COMPUTED: frozenset({S.SHORTLISTED, S.PUBLISHED, S.SUPERSEDED}),
    S.SHORTLISTED: frozenset({S.COMPUTED, S.PUBLISHED, S.SUPERSEDED}),
    S.PUBLISHED: frozenset({S.ACCEPTED_BY_REQUESTER, S.ACCEPTED_BY_OFFERER}) | _ENDS,
    S.ACCEPTED_BY_REQUESTER: frozenset({S.MUTUALLY_ACCEPTED}) | _ENDS,
    S.ACCEPTED_BY_OFFERER: frozenset({S.MUTUALLY_ACCEPTED}) | _ENDS,
    S.MUTUALLY_ACCEPTED: frozenset({S.CONFIRMED, S.SUPERSEDED}),
    S.CONFIRMED: frozenset({S.CANCELLED}),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
    S.SUPERSEDED: frozenset(),
    S.CANCELLED: frozenset(),
}
ACCEPTED_BY = {Side.REQUESTER: S.ACCEPTED_BY_REQUESTER, Side.OFFERER: S.ACCEPTED_BY_OFFERER}
# A pair that ended so is not proposed again for the same application. After `superseded` it may be: nobody said no.
REFUSED = frozenset({S.DECLINED, S.EXPIRED, S.CANCELLED})


class DeclineReason(StrEnum):
    """Why a side does not agree."""

    DATES = "dates"
    WORKLOAD = "workload"
    EXPERTISE = "expertise"
    LANGUAGE = "language"
    ANOTHER_PEER = "another-peer"
    BUDGET = "budget"
    SAFETY = "safety"
    OTHER = "other"


# The reason of what was superseded before anybody outside had heard of it.
NOT_CHOSEN = "not-chosen"


class SupersededBecause(StrEnum):
    """Why a proposal is void although nobody declined it."""

    ANOTHER_CONFIRMED = "another-confirmed"
    CAPACITY_GONE = "capacity-gone"
    OFFER_CLOSED = "offer-closed"
    WINDOW_GONE = "window-gone"
    EXPERT_BOOKED = "expert-booked"
    DAYS_GONE = "days-gone"
    DAYS_PAST = "days-past"
    APPLICATION_WITHDRAWN = "application-withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One candidate pairing of an application with an offer.

    `member_id` is the expert who offers, `search` the number of the search that found the pair. `working_days` are
    those on which it can be answered, up to `respond_by`; the release before wrote none down.
    """

    proposal_id: UUID
    application_id: UUID
    offer_id: UUID
    requester_id: UUID
    offerer_id: UUID
    member_id: UUID
    state: ProposalState
    search: int
    rank: int
    score: float
    contributions: tuple[Contribution, ...]
    mode: Mode
    days: Days
    respond_by: date
    proposed_at: datetime
    raises: tuple[Raise, ...] = ()
    working_days: tuple[date, ...] = ()
    remind_on: date | None = None
    reason: str | None = None
    declined_by: Side | None = None

    @property
    def was_published(self) -> bool:
        """Whether anybody outside has heard of it."""
        return self.state not in UNPUBLISHED and self.reason != NOT_CHOSEN

    @property
    def is_open(self) -> bool:
        """Whether it can still be answered."""
        return self.state in OPEN


def moved(proposal: Proposal, to: ProposalState, *, reason: str | None = None) -> Proposal:
    """The proposal in its new state. Raises WrongState where the table has no such step."""
    if to not in TRANSITIONS[proposal.state]:
        raise WrongState("proposal-not-open", f"This proposal is {proposal.state}, so it can't become {to} any more.")
    return replace(proposal, state=to, reason=reason)


def accepted(proposal: Proposal, side: Side, today: date) -> Proposal:
    """The proposal with one side's consent: mutually accepted if the other has given it before.

    Raises WrongState if it was answered by this side already, is not open, or its last day has passed.
    """
    if proposal.state is ACCEPTED_BY[side]:
        raise WrongState("already-accepted", "Your organisation has accepted this proposal. The other side is asked.")
    if proposal.is_open and today > proposal.respond_by:
        raise WrongState("too-late", f"This proposal could be answered until {proposal.respond_by}.")
    other = Side.OFFERER if side is Side.REQUESTER else Side.REQUESTER
    both = proposal.state is ACCEPTED_BY[other]
    return moved(proposal, S.MUTUALLY_ACCEPTED if both else ACCEPTED_BY[side])


def declined(proposal: Proposal, side: Side, reason: DeclineReason) -> Proposal:
    """The proposal refused by one side; a side that has accepted may still change its mind until the other answers."""
    return replace(moved(proposal, S.DECLINED, reason=reason), declined_by=side)
