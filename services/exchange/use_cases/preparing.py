"""From the plan to the eve of the first day."""

from services.exchange import rules, storage
from services.exchange.rules import Action, ExchangeView
from services.exchange.use_cases.commands import AgreeTerms, OneExchange, ScheduleExchange, TickItem, WriteTerms
from services.exchange.use_cases.steps import locked, saved, told
from shared.events.exchange import ExchangeAgreed, ExchangeReady, ExchangeScheduled
from shared.postgres.unit_of_work import UnitOfWork


async def draft_terms(work: UnitOfWork, command: OneExchange) -> ExchangeView:
    """Begin to draft the terms of reference. Nobody else needs to hear of it."""
    exchange = await locked(work, command.exchange_id, Action.DRAFT)
    drafting = rules.drafting(exchange)
    await saved(work, exchange, drafting, "DraftingBegun")
    return rules.view_of(drafting)


async def write_terms(work: UnitOfWork, command: WriteTerms) -> ExchangeView:
    """Put down the terms of reference as they read now."""
    exchange = await locked(work, command.exchange_id, Action.DRAFT)
    written = rules.with_terms(exchange, command.text)
    await saved(work, exchange, written, "TermsWritten")
    return rules.view_of(written)


async def agree_terms(work: UnitOfWork, command: AgreeTerms) -> ExchangeView:
    """Agree the terms of reference, with the association and every organisation that takes part."""
    exchange = await locked(work, command.exchange_id, Action.AGREE)
    named = (command.association_id, *rules.parties(exchange, command.organisations))
    known = await storage.references(work.connection, organisations=named)
    agreed = rules.agreed(exchange, command.association_id, command.organisations, known)
    event = ExchangeAgreed(
        exchange_id=agreed.id,
        application_id=agreed.application_id,
        association_id=command.association_id,
        organisations=agreed.organisations,
    )
    return await told(work, exchange, agreed, event)


async def confirm_association(work: UnitOfWork, command: OneExchange) -> ExchangeView:
    """Remember that the named association takes part."""
    exchange = await locked(work, command.exchange_id, Action.CONFIRM)
    confirmed = rules.association_confirmed(exchange, work.today)
    await saved(work, exchange, confirmed, "AssociationConfirmed")
    return rules.view_of(confirmed)


async def schedule_exchange(work: UnitOfWork, command: ScheduleExchange) -> ExchangeView:
    """Fix days, people and form, for the first time or anew."""
    exchange = await locked(work, command.exchange_id, Action.SCHEDULE)
    people = command.plan.participants
    known = await storage.references(
        work.connection,
        organisations={one.organisation_id for one in people},
        members={one.member_id for one in people if one.member_id is not None},
    )
    scheduled = rules.scheduled(exchange, command.plan, known)
    event = ExchangeScheduled(
        exchange_id=scheduled.id,
        application_id=scheduled.application_id,
        first=scheduled.plan.first,
        last=scheduled.plan.last,
        participants=len(people),
        online=scheduled.plan.online,
    )
    return await told(work, exchange, scheduled, event)


async def tick_item(work: UnitOfWork, command: TickItem) -> ExchangeView:
    """Mark an item of the checklist. The item has its day; the history keeps to decisions and is not told."""
    exchange = await locked(work, command.exchange_id, Action.TICK)
    ticked = rules.ticked(exchange, command.item, command.participant, command.done, work.today)
    await storage.save_exchange(work.connection, exchange, ticked)
    return rules.view_of(ticked)


async def declare_ready(work: UnitOfWork, command: OneExchange) -> ExchangeView:
    """Say that everything is done that must be done before the first day."""
    exchange = await locked(work, command.exchange_id, Action.DECLARE_READY)
    ready = rules.ready(exchange)
    event = ExchangeReady(exchange_id=ready.id, application_id=ready.application_id)
    return await told(work, exchange, ready, event)
