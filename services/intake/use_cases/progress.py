"""What intake learns from the others about a case and an offer.

The news come on several topics, which have no common order. So a case only moves forward (`is_news`), and of two
searches the one with the higher number counts.
"""

from dataclasses import replace
from typing import Literal
from uuid import UUID

from services.intake.rules.states import PROGRESS, ApplicationState, OfferState, is_news
from services.intake.rules.things import Application, Offer
from services.intake.storage import applications, offers
from shared.events.exchange import ExchangeCancelled, ExchangeClosed, ExchangePlanned
from shared.events.intake import ApplicationClosed, OfferClosed
from shared.events.matching import CandidatesFound, MatchConfirmed, MatchProposed, NoMatchFound
from shared.postgres.unit_of_work import UnitOfWork

_SEARCHING = PROGRESS[ApplicationState.MATCHING]


async def note_search(work: UnitOfWork, event: CandidatesFound | MatchProposed | NoMatchFound) -> None:
    """A search found something, or nothing. Within one search "nothing" is the end: its proposals came to nothing.

    Where nobody is sought any more, the case is closed.
    """
    application = await applications.lock_application(work.connection, event.application_id)
    nothing = isinstance(event, NoMatchFound)
    if isinstance(event, NoMatchFound) and event.final:
        await _close(work, application, "no-match")
        return
    rank = PROGRESS.get(application.state)
    if rank is None or rank > _SEARCHING:
        return
    known = (application.search, application.state is ApplicationState.NO_MATCH)
    if (event.search, nothing) > known:
        state = ApplicationState.NO_MATCH if nothing else ApplicationState.MATCHING
        await applications.save_application(work.connection, replace(application, state=state, search=event.search))


async def note_match(work: UnitOfWork, event: MatchConfirmed) -> None:
    """Both sides agreed: the case is matched, and one exchange of the offer's capacity is taken."""
    application = await applications.lock_application(work.connection, event.application_id)
    application = replace(application, offer_id=event.offer_id)
    await _advance(work, application, ApplicationState.MATCHED)
    offer = await offers.lock_offer(work.connection, event.offer_id)
    offer = replace(offer, taken=offer.taken + 1)
    if not offer.capacity_left and offer.state is OfferState.ACTIVE:
        offer = replace(offer, state=OfferState.RESERVED)
    await offers.save_offer(work.connection, offer)


async def note_exchange(work: UnitOfWork, event: ExchangePlanned) -> None:
    """The exchange is being organised."""
    application = await applications.lock_application(work.connection, event.application_id)
    await _advance(work, application, ApplicationState.EXCHANGING)


async def close_case(work: UnitOfWork, event: ExchangeClosed) -> None:
    """The exchange is over: so is the case, and the offer's capacity is used up by one."""
    application = await applications.lock_application(work.connection, event.application_id)
    await _close(work, application, "exchanged")
    if application.offer_id is not None:
        await _use_up(work, application.offer_id)


async def close_cancelled_case(work: UnitOfWork, event: ExchangeCancelled) -> None:
    """The exchange does not take place: the case ends, and the offer's capacity is free again."""
    application = await applications.lock_application(work.connection, event.application_id)
    await _close(work, application, "cancelled")
    if application.offer_id is not None:
        offer = await offers.lock_offer(work.connection, application.offer_id)
        state = OfferState.ACTIVE if offer.state is OfferState.RESERVED else offer.state
        await offers.save_offer(work.connection, replace(offer, taken=max(0, offer.taken - 1), state=state))


async def _advance(work: UnitOfWork, application: Application, to: ApplicationState) -> None:
    if is_news(application.state, to):
        application = replace(application, state=to)
    await applications.save_application(work.connection, application)


async def _close(
    work: UnitOfWork, application: Application, outcome: Literal["exchanged", "cancelled", "no-match"]
) -> None:
    if is_news(application.state, ApplicationState.CLOSED):
        closed = replace(application, state=ApplicationState.CLOSED, reasons=(outcome,))
        await applications.save_application(work.connection, closed)
        case = application.application_id
        work.announce(ApplicationClosed(application_id=case, outcome=outcome), case=case)


async def _use_up(work: UnitOfWork, offer_id: UUID) -> None:
    offer: Offer = await offers.lock_offer(work.connection, offer_id)
    offer = replace(offer, done=offer.done + 1)
    standing = {OfferState.ACTIVE, OfferState.PAUSED, OfferState.RESERVED}
    if offer.done >= offer.answers.capacity and offer.state in standing:
        offer = replace(offer, state=OfferState.EXHAUSTED)
        work.announce(OfferClosed(offer_id=offer_id, reason="exhausted"), case=None)
    await offers.save_offer(work.connection, offer)
