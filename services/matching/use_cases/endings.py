"""Proposals that end without an answer: the deadline passed, their ground was lost, the applicant withdrew."""

from services.matching.rules.answers import Answer, AnswerKind
from services.matching.rules.proposals import Proposal, ProposalState, SupersededBecause, moved
from services.matching.rules.reminders import silent_sides
from services.matching.rules.searches import TRANSITIONS, SearchState
from services.matching.rules.searches import moved as search_moved
from services.matching.storage import proposals, searches
from services.matching.storage.answers import record_answer
from services.matching.use_cases.case import after_loss, cancel_match, lock_case, supersede, tell_superseded
from shared.events.intake import ApplicationWithdrawn
from shared.events.matching import MatchExpired
from shared.postgres.unit_of_work import UnitOfWork


async def expire_proposals(work: UnitOfWork) -> int:
    """Expire the overdue proposals of one application; returns how many. After the last open one the search goes on.

    One application at a time: a task that holds the locks of one case only can't be part of a deadlock.
    """
    overdue = await proposals.application_past_deadline(work.connection, work.today)
    case = overdue and await lock_case(work, overdue)
    if not case:
        return 0
    expired = [await _expire(work, one) for one in case.open_proposals if one.respond_by < work.today]
    await after_loss(work, case.changed(*expired))
    return len(expired)


async def supersede_lost_proposals(work: UnitOfWork) -> int:
    """Supersede the proposals of one application that can't be confirmed any more; returns how many.

    Their offer is closed, its last place is taken, the expert is not there on these days, or these have come. Whoever
    took the last place could not do this at once: that would have needed the locks of all the other cases.
    """
    application_id = await proposals.application_with_lost_ground(work.connection, work.today)
    case = application_id and await lock_case(work, application_id)
    if not case:
        return 0
    superseded = []
    for one in case.open_proposals:
        because = await proposals.why_ground_lost(work.connection, one.proposal_id, work.today)
        if because is not None:
            superseded.append(await supersede(work, one, because))
    await after_loss(work, case.changed(*superseded))
    return len(superseded)


async def withdraw_search(work: UnitOfWork, event: ApplicationWithdrawn) -> None:
    """End the search of an application that was withdrawn; one that was never searched for needs nothing."""
    case = await lock_case(work, event.application_id)
    if case is None or SearchState.WITHDRAWN not in TRANSITIONS[case.search.state]:
        return
    for one in case.open_proposals:
        await supersede(work, one, SupersededBecause.APPLICATION_WITHDRAWN)
    await proposals.end_unpublished(work.connection, event.application_id)
    if case.match is not None:
        await cancel_match(work, case.match)
        tell_superseded(work, case.match, SupersededBecause.APPLICATION_WITHDRAWN)
    await searches.save_search(work.connection, search_moved(case.search, SearchState.WITHDRAWN))


async def _expire(work: UnitOfWork, proposal: Proposal) -> Proposal:
    for side in silent_sides(proposal):
        await record_answer(work.connection, proposal, Answer(side, AnswerKind.EXPIRED), work.now)
    expired = moved(proposal, ProposalState.EXPIRED)
    await proposals.save_proposal(work.connection, expired)
    work.announce(
        MatchExpired(proposal_id=proposal.proposal_id, application_id=proposal.application_id),
        case=proposal.application_id,
    )
    return expired
