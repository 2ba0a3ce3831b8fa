"""What becomes of a match: moved to other days, cancelled, completed, rated."""

from statistics import fmean
from uuid import UUID

from services.matching.engine.values import Days
from services.matching.rules import searches
from services.matching.rules.calendar import LAST_DAY
from services.matching.rules.proposals import Proposal, ProposalState
from services.matching.rules.searches import SearchState
from services.matching.storage import bookings, proposals, records
from services.matching.storage.searches import save_search
from services.matching.use_cases.case import cancel_match, lock_case
from shared.events.evaluation import EvaluationSubmitted, SurveyKind
from shared.events.exchange import ExchangeCancelled, ExchangeCompleted, ExchangePostponed, ExchangeScheduled
from shared.events.matching import BookingRefused
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import Invalid, NotFound


async def release_capacity(work: UnitOfWork, event: ExchangeCancelled) -> None:
    """Free the place and the expert's days, and end the search. A match that was undone before stays as it is."""
    case = await lock_case(work, event.application_id)
    match = None if case is None else case.proposals.get(event.proposal_id)
    if case is None or match is None:
        raise _unknown(event.application_id)
    if match.state is not ProposalState.CONFIRMED:
        return
    await cancel_match(work, match)
    await records.count_cancelled(work.connection, match.member_id)
    await save_search(work.connection, searches.moved(case.search, SearchState.CLOSED))


async def move_booking(work: UnitOfWork, event: ExchangeScheduled | ExchangePostponed) -> None:
    """Book the expert for the days that were set, and free those before.

    The exchange chooses its days, so nothing is undone here if another exchange has the expert already: who came first
    keeps the days, the exchange that was moved keeps its place and what is free of the days, and both sides are told.
    """
    if event.last < event.first:
        raise Invalid("dates-reversed", f"The last day {event.last} is before {event.first}.")
    if event.last > LAST_DAY:
        raise Invalid("too-far", f"The last day {event.last} is after {LAST_DAY}.")
    case = await lock_case(work, event.application_id)
    match = None if case is None else case.match
    if match is None:
        await _match(work, event.application_id)  # one that was undone needs no days
        return
    wanted = Days(event.first, event.last)
    if await bookings.move(work.connection, match, wanted) != wanted:
        work.announce(
            BookingRefused(
                proposal_id=match.proposal_id,
                application_id=match.application_id,
                first=event.first,
                last=event.last,
            ),
            case=match.application_id,
        )


async def record_completion(work: UnitOfWork, event: ExchangeCompleted) -> None:
    """Count the exchange for its expert. The place stays taken: it was used."""
    match = await _match(work, event.application_id)
    await records.count_completed(work.connection, match.member_id)


async def record_evaluation(work: UnitOfWork, event: EvaluationSubmitted) -> None:
    """Add the mean of what those who learned say afterwards; the offerer's own answers don't count for the offerer."""
    if event.kind is not SurveyKind.AFTER or not event.ratings:
        return
    match = await _match(work, event.application_id)
    if event.respondent_id != match.offerer_id:
        await records.add_rating(work.connection, match.member_id, fmean(one.value for one in event.ratings))


async def _match(work: UnitOfWork, application_id: UUID) -> Proposal:
    """The match of an application, also one that was cancelled since."""
    known = await proposals.proposals_of(work.connection, application_id)
    matched = [one for one in known if one.state in {ProposalState.CONFIRMED, ProposalState.CANCELLED}]
    if not matched:
        raise _unknown(application_id)
    return matched[0]


def _unknown(application_id: UUID) -> NotFound:
    return NotFound("no-such-match", f"No match of the application {application_id} is known here.")
