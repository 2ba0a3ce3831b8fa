"""Both sides answer a proposal."""

from dataclasses import dataclass
from uuid import UUID

from services.matching.rules import access, searches
from services.matching.rules.answers import Answer, AnswerKind, past_answers
from services.matching.rules.proposals import (
    DeclineReason,
    Proposal,
    ProposalState,
    SupersededBecause,
    accepted,
    declined,
    moved,
)
from services.matching.rules.reading import association_of
from services.matching.rules.searches import Search, SearchState
from services.matching.rules.views import ProposalView, proposal_view
from services.matching.storage import bookings, offers, proposals
from services.matching.storage.answers import record_answer
from services.matching.storage.searches import save_search
from services.matching.use_cases.case import Case, after_loss, lock_case, supersede
from shared.events.matching import MatchAccepted, MatchConfirmed, MatchDeclined
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, WrongState, require
from shared.primitives.terms import Side

PORTION = 500
NOT_ANY_MORE = {
    SupersededBecause.CAPACITY_GONE: "The last place of this offer was taken by others.",
    SupersededBecause.OFFER_CLOSED: "The offer is closed.",
    SupersededBecause.WINDOW_GONE: "The expert is no longer available on these days.",
    SupersededBecause.EXPERT_BOOKED: "The expert is booked on these days by another exchange.",
    SupersededBecause.DAYS_GONE: "The expert has not so many days left in that year.",
    SupersededBecause.DAYS_PAST: "These days have come before both sides agreed.",
}


@dataclass(frozen=True, slots=True)
class AcceptProposal:
    """The actor's organisation agrees."""

    proposal_id: UUID


@dataclass(frozen=True, slots=True)
class DeclineProposal:
    """The actor's organisation does not agree, and says why."""

    proposal_id: UUID
    reason: DeclineReason


async def accept_proposal(work: UnitOfWork, command: AcceptProposal) -> ProposalView:
    """Record one side's consent; with the second one the place is reserved and the match confirmed.

    Raises WrongState with the code `capacity-gone` (or another of `NOT_ANY_MORE`) for whoever comes too late; their
    proposal is then superseded by the next sweep, which tells both sides.
    """
    case, proposal, side = await _answering(work, command.proposal_id, "accept this proposal")
    proposal = accepted(proposal, side, work.today)
    await record_answer(work.connection, proposal, Answer(side, AnswerKind.ACCEPTED), work.now)
    _still_possible(await proposals.why_ground_lost(work.connection, proposal.proposal_id, work.today))
    work.announce(
        MatchAccepted(proposal_id=proposal.proposal_id, application_id=proposal.application_id, side=side),
        case=proposal.application_id,
    )
    if proposal.state is ProposalState.MUTUALLY_ACCEPTED:
        proposal = await _confirm(work, case, proposal)
    await proposals.save_proposal(work.connection, proposal)
    return proposal_view(proposal)


async def decline_proposal(work: UnitOfWork, command: DeclineProposal) -> ProposalView:
    """Record that one side does not agree. After the last open proposal the search goes on without those declined."""
    case, proposal, side = await _answering(work, command.proposal_id, "decline this proposal")
    proposal = declined(proposal, side, command.reason)
    await record_answer(work.connection, proposal, Answer(side, AnswerKind.DECLINED, command.reason), work.now)
    await proposals.save_proposal(work.connection, proposal)
    work.announce(
        MatchDeclined(
            proposal_id=proposal.proposal_id, application_id=proposal.application_id, side=side, reason=command.reason
        ),
        case=proposal.application_id,
    )
    await after_loss(work, case.changed(proposal))
    return proposal_view(proposal)


async def keep_past_answers(work: UnitOfWork) -> int:
    """Keep what was answered while a release ran that kept no answers; returns how many answers.

    When none is left, the next release needs this no longer. When somebody answered is not known, so the time of the
    proposal stands for it.
    """
    found = await proposals.decided_without_answers(work.connection, PORTION)
    past = [(proposal, answer) for proposal in found for answer in past_answers(proposal)]
    for proposal, answer in past:
        await record_answer(work.connection, proposal, answer, proposal.proposed_at)
    return len(past)


async def _answering(work: UnitOfWork, proposal_id: UUID, what: str) -> tuple[Case, Proposal, Side]:
    """Lock the case of a proposal and find the side that the actor speaks for."""
    seen = await proposals.load_proposal(work.connection, proposal_id)
    if seen is None or not access.may_see_proposal(work.actor, seen):
        raise NotFound("no-such-proposal", "There is no proposal with this id among those of your organisation.")
    side = access.side_of(work.actor, seen)
    require(side is not None, what)
    case = await lock_case(work, seen.application_id)
    assert case is not None
    assert side is not None
    return case, case.proposals[proposal_id], side


async def _confirm(work: UnitOfWork, case: Case, proposal: Proposal) -> Proposal:
    _still_possible(await bookings.reserve(work.connection, proposal, work.today))
    confirmed = moved(proposal, ProposalState.CONFIRMED)
    offerer_association = await offers.offerer_association(work.connection, proposal.offer_id)
    work.announce(_confirmation(case.search, confirmed, offerer_association), case=proposal.application_id)
    for other in case.open_proposals:
        if other.proposal_id != proposal.proposal_id:
            await supersede(work, other, SupersededBecause.ANOTHER_CONFIRMED)
    await proposals.end_unpublished(work.connection, proposal.application_id)
    await save_search(work.connection, searches.moved(case.search, SearchState.MATCHED))
    return confirmed


def _still_possible(lost: SupersededBecause | None) -> None:
    if lost is not None:
        raise WrongState(lost, f"{NOT_ANY_MORE[lost]} Nothing was booked; look for your other proposals.")


def _confirmation(search: Search, proposal: Proposal, offerer_association: UUID | None) -> MatchConfirmed:
    application = search.application
    return MatchConfirmed(
        proposal_id=proposal.proposal_id,
        application_id=proposal.application_id,
        offer_id=proposal.offer_id,
        expert_id=proposal.member_id,
        requester_id=proposal.requester_id,
        offerer_id=proposal.offerer_id,
        requester_association_id=association_of(application.organisation),
        offerer_association_id=offerer_association,
        reference=application.reference,
        title=application.title,
        title_language=application.title_language,
        themes=application.themes,
        mode=proposal.mode,
        first=proposal.days.first,
        last=proposal.days.last,
        participants=application.participants,
    )
