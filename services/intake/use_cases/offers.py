"""An offer from its draft until it is gone."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal
from uuid import UUID

from services.intake.rules import admissibility
from services.intake.rules.access import may
from services.intake.rules.states import OfferState, check_offer_move
from services.intake.rules.things import Offer
from services.intake.rules.views import OfferView, view_offer
from services.intake.storage import offers as storage
from services.intake.storage import organisations
from services.intake.use_cases.commands import ChangeOffer, ForOffer, JudgeOffer, StartOffer
from services.intake.use_cases.vocabulary import check_terms
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import FieldProblem, Invalid, WrongState, require
from shared.vocabulary.themes import purposes_of

EDITABLE = frozenset({OfferState.DRAFT, OfferState.INFORMATION_REQUESTED})
EXPIRES_AFTER = timedelta(days=365)
AT_ONCE = 100
Gone = Literal["withdrawn", "expired", "exhausted", "rejected"]


async def start_offer(work: UnitOfWork, command: StartOffer) -> OfferView:
    """Begin an offer by a member of an organisation."""
    _require_writer(work, command.organisation_id)
    check_terms(command.answers, "/answers")
    expert = await organisations.member(work.connection, command.member_id)
    if expert.organisation_id != command.organisation_id:
        hint = "Name a member of the organisation that offers."
        raise Invalid("not-a-member", hint, fields=(FieldProblem("/member_id", "not-a-member", hint),))
    offer = Offer(work.new_id(), command.organisation_id, command.member_id, OfferState.DRAFT, command.answers)
    await storage.insert_offer(work.connection, offer)
    return view_offer(offer)


async def change_offer(work: UnitOfWork, command: ChangeOffer) -> OfferView:
    """Replace the answers while the offerer may still write."""
    offer = await _lock_own(work, command.offer_id)
    if offer.state not in EDITABLE:
        raise WrongState("not-editable", "The offer was sent. Withdraw it and write a new one to change its content.")
    check_terms(command.answers, "/answers")
    return await _save(work, replace(offer, answers=command.answers))


async def submit_offer(work: UnitOfWork, command: ForOffer) -> OfferView:
    """Check the offer: on to a person, or back with what is to be mended."""
    offer = await _lock_own(work, command.offer_id)
    if offer.state is not OfferState.INFORMATION_REQUESTED:
        check_offer_move(offer.state, OfferState.SUBMITTED)
    failed = admissibility.check_offer(offer.answers)
    state = OfferState.INFORMATION_REQUESTED if failed else OfferState.CHECKING
    return await _save(work, replace(offer, state=state, failed_checks=failed))


async def judge_offer(work: UnitOfWork, command: JudgeOffer) -> OfferView:
    """A person accepts the offer, which publishes it, or refuses it."""
    offer = await storage.lock_offer(work.connection, command.offer_id)
    require(may(work.actor, "judge-offer", organisation_id=offer.organisation_id), "judge this offer")
    if not command.accept:
        return await _close(work, offer, OfferState.REJECTED, "rejected")
    check_offer_move(offer.state, OfferState.ACTIVE)
    offer = replace(offer, state=OfferState.ACTIVE, confirmed_at=work.now)
    work.announce(await _published(work, offer), case=None)
    return await _save(work, offer)


async def pause_offer(work: UnitOfWork, command: ForOffer) -> OfferView:
    """Take the offer out of the search for a while."""
    return await _change(work, await _lock_own(work, command.offer_id), OfferState.PAUSED)


async def resume_offer(work: UnitOfWork, command: ForOffer) -> OfferView:
    """Put a paused offer back into the search."""
    offer = await _lock_own(work, command.offer_id)
    if offer.state is not OfferState.PAUSED:
        raise WrongState("not-paused", f"The offer is {offer.state}; only a paused one can be resumed.")
    return await _change(work, offer, OfferState.ACTIVE)


async def reconfirm_offer(work: UnitOfWork, command: ForOffer) -> OfferView:
    """The offer still stands: its twelve months begin anew."""
    offer = await _lock_own(work, command.offer_id)
    if offer.state not in {OfferState.ACTIVE, OfferState.PAUSED, OfferState.RESERVED}:
        raise WrongState("not-standing", f"The offer is {offer.state}; only a standing offer can be confirmed again.")
    return await _save(work, replace(offer, confirmed_at=work.now))


async def withdraw_offer(work: UnitOfWork, command: ForOffer) -> OfferView:
    """Take the offer back for good."""
    return await _close(work, await _lock_own(work, command.offer_id), OfferState.WITHDRAWN, "withdrawn")


async def expire_offers(work: UnitOfWork) -> int:
    """Close offers that nobody has confirmed for twelve months."""
    due = await storage.lock_unconfirmed_since(work.connection, work.now - EXPIRES_AFTER, AT_ONCE)
    for offer in due:
        await _close(work, offer, OfferState.EXPIRED, "expired")
    return len(due)


async def _lock_own(work: UnitOfWork, offer_id: UUID) -> Offer:
    offer = await storage.lock_offer(work.connection, offer_id)
    _require_writer(work, offer.organisation_id)
    return offer


def _require_writer(work: UnitOfWork, organisation_id: UUID) -> None:
    require(may(work.actor, "write-offer", organisation_id=organisation_id), "write offers of this organisation")


async def _change(work: UnitOfWork, offer: Offer, to: OfferState) -> OfferView:
    check_offer_move(offer.state, to)
    offer = replace(offer, state=to)
    work.announce(
        OfferChanged(
            offer_id=offer.offer_id,
            active=to is OfferState.ACTIVE,
            windows=offer.answers.windows,
            capacity=offer.answers.capacity,
        ),
        case=None,
    )
    return await _save(work, offer)


async def _close(work: UnitOfWork, offer: Offer, to: OfferState, reason: Gone) -> OfferView:
    check_offer_move(offer.state, to)
    if offer.confirmed_at is not None:  # what was never published has nothing to be closed elsewhere
        work.announce(OfferClosed(offer_id=offer.offer_id, reason=reason), case=None)
    return await _save(work, replace(offer, state=to))


async def _save(work: UnitOfWork, offer: Offer) -> OfferView:
    await storage.save_offer(work.connection, offer)
    return view_offer(offer)


async def _published(work: UnitOfWork, offer: Offer) -> OfferPublished:
    answers = offer.answers
    organisation = await organisations.organisation(work.connection, offer.organisation_id)
    expert = await organisations.member(work.connection, offer.member_id)
    return OfferPublished(
        offer_id=offer.offer_id,
        organisation=organisation.facts(),
        member_id=offer.member_id,
        answers=answers.answers,
        title=answers.title or "",
        title_language=answers.language or "und",
        themes=answers.themes,
        sdgs=answers.sdgs,
        dac=answers.dac or purposes_of(answers.themes),
        modes=answers.modes,
        position=expert.position,
        years_in_role=max(0, work.today.year - expert.in_role_since),
        result_year=answers.result_year or 0,
        languages=answers.languages,
        windows=answers.windows,
        capacity=answers.capacity,
        days_a_year=answers.days_a_year or 0,
    )
