"""What the portal does with what it hears, and with clients that ask for tokens."""

from collections.abc import Collection, Sequence
from uuid import UUID

from services.portal import storage
from services.portal.rules.clients import Client
from services.portal.rules.heard import parts_of
from services.portal.rules.summary import summarise
from shared.events.envelope import Envelope
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished, OrganisationRegistered
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import Invalid

PORTION = 200  # cases in one transaction, where many wait


async def follow_cases(work: UnitOfWork, events: Sequence[Envelope]) -> None:
    """Keep what was heard of cases and derive each case anew from everything that is known of it.

    An event of a case that was never heard of makes the case: topics are read side by side, so a proposal can arrive
    before the application that it answers.
    """
    heard = [(_case_of(envelope), envelope) for envelope in events]
    case_ids = {case_id for case_id, _ in heard}
    await storage.lock_cases(work.connection, case_ids)
    await storage.add_facts(work.connection, heard)
    await _derive(work, case_ids)


async def note_topics(work: UnitOfWork) -> int:
    """Derive some of the cases anew that a release wrote which knew no topics; returns how many."""
    case_ids = await storage.cases_without_topics(work.connection, PORTION)
    await storage.lock_cases(work.connection, case_ids)
    await _derive(work, case_ids)
    return len(case_ids)


async def _derive(work: UnitOfWork, case_ids: Collection[UUID]) -> None:
    known = await storage.facts_of(work.connection, case_ids)
    parts = {case_id: parts_of(known.get(case_id, ())) for case_id in case_ids}
    await storage.save_cases(work.connection, {case_id: (of, summarise(of)) for case_id, of in parts.items()})


def _case_of(envelope: Envelope) -> UUID:
    case_id: UUID | None = envelope.case_id or getattr(envelope.data, "application_id", None)
    if case_id is None:
        raise Invalid("no-case", f"{envelope.entry.type} names no case: its ce_caseid is missing.")
    return case_id


async def know_organisations(work: UnitOfWork, events: Sequence[Envelope]) -> None:
    """Keep the names by which pages call organisations."""
    registered = [event.data for event in events if isinstance(event.data, OrganisationRegistered)]
    await storage.save_organisations(work.connection, registered)


async def know_offer(work: UnitOfWork, event: OfferPublished) -> None:
    """Keep an offer's title and whose it is."""
    offer = storage.Offer(
        offer_id=event.offer_id,
        is_open=True,
        organisation_id=event.organisation.organisation_id,
        title=event.title,
        title_language=event.title_language,
    )
    await storage.save_offer(work.connection, offer)


async def note_offer_change(work: UnitOfWork, event: OfferChanged) -> None:
    """Keep whether the offer can be had now."""
    await storage.save_offer(
        work.connection, storage.Offer(event.offer_id, is_open=event.active and event.capacity > 0)
    )


async def note_offer_close(work: UnitOfWork, event: OfferClosed) -> None:
    """The offer is gone."""
    await storage.save_offer(work.connection, storage.Offer(event.offer_id, is_open=False))


async def register_clients(work: UnitOfWork, clients: Sequence[Client]) -> None:
    """Make these the clients that may ask for tokens, and no others."""
    await storage.replace_clients(work.connection, clients)
