"""When things turn out otherwise: later, online, or not at all."""

from services.exchange import rules, storage
from services.exchange.rules import Action, Exchange, ExchangeView, Reason, State
from services.exchange.use_cases.commands import CancelExchange, ConvertExchange, PostponeExchange
from services.exchange.use_cases.steps import locked, told
from shared.events.exchange import ExchangeCancelled, ExchangeConverted, ExchangePostponed
from shared.events.matching import MatchSuperseded
from shared.postgres.unit_of_work import UnitOfWork

BEFORE_IT_BEGINS = frozenset(
    {State.PLANNED, State.DRAFTING, State.AGREED, State.PREPARING, State.READY, State.POSTPONED}
)


async def postpone_exchange(work: UnitOfWork, command: PostponeExchange) -> ExchangeView:
    """Put it off to later days; scheduling it again brings it back to preparation."""
    exchange = await locked(work, command.exchange_id, Action.POSTPONE)
    postponed = rules.postponed(exchange, command.first, command.last)
    event = ExchangePostponed(
        exchange_id=postponed.id,
        application_id=postponed.application_id,
        first=command.first,
        last=command.last,
        reason=command.reason,
    )
    return await told(work, exchange, postponed, event, command.reason)


async def convert_exchange(work: UnitOfWork, command: ConvertExchange) -> ExchangeView:
    """Hold it online; the plan in person stays in the history."""
    exchange = await locked(work, command.exchange_id, Action.CONVERT)
    converted = rules.converted(exchange, work.today)
    event = ExchangeConverted(exchange_id=converted.id, application_id=converted.application_id, reason=command.reason)
    return await told(work, exchange, converted, event, command.reason)


async def cancel_exchange(work: UnitOfWork, command: CancelExchange) -> ExchangeView:
    """Give it up; the offer's capacity is free again."""
    return await _cancel(work, await locked(work, command.exchange_id, Action.CANCEL), command.reason)


async def undo_match(work: UnitOfWork, event: MatchSuperseded) -> None:
    """Give up the exchange of a match that was undone, since its application was withdrawn just after both agreed.

    A proposal that was superseded before it was confirmed has no exchange. An exchange that has begun goes on.
    """
    for seen in await storage.exchanges_of(work.connection, event.application_id):
        if seen.proposal_id == event.proposal_id:
            exchange = await storage.lock_exchange(work.connection, seen.id)
            if exchange.state in BEFORE_IT_BEGINS:
                await _cancel(work, exchange, Reason.REQUESTER_WITHDREW)


async def _cancel(work: UnitOfWork, exchange: Exchange, reason: Reason) -> ExchangeView:
    cancelled = rules.cancelled(exchange)
    event = ExchangeCancelled(
        exchange_id=cancelled.id,
        application_id=cancelled.application_id,
        offer_id=cancelled.offer_id,
        proposal_id=cancelled.proposal_id,
        reason=reason,
    )
    return await told(work, exchange, cancelled, event, reason)
