"""The two ends of every command: the exchange locked and allowed, then saved, remembered and announced."""

from uuid import UUID

from services.exchange import rules, storage
from services.exchange.rules import Action, Exchange, ExchangeView, Reason
from shared.events.base import Event
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import require


async def locked(work: UnitOfWork, exchange_id: UUID, action: Action) -> Exchange:
    """The exchange, if the actor may do this with it. Raises `NotFound` or `Forbidden`."""
    exchange = await storage.lock_exchange(work.connection, exchange_id)
    require(rules.may(work.actor, action, exchange), action)
    return exchange


async def saved(work: UnitOfWork, before: Exchange, after: Exchange, what: str, reason: Reason | None = None) -> None:
    """The exchange stored, and what was done with it in its history, with the plan where it was replaced."""
    await storage.save_exchange(work.connection, before, after)
    replaced = before.plan if before.plan != after.plan else None
    change = rules.Change(work.now, work.actor.account, what, before.state, after.state, reason, replaced)
    await storage.add_change(work.connection, after.id, change)


async def told(
    work: UnitOfWork, before: Exchange, after: Exchange, event: Event, reason: Reason | None = None
) -> ExchangeView:
    """Saved, and announced to the others under the event's own name. Returns what is answered."""
    await saved(work, before, after, type(event).__name__, reason)
    work.announce(event, case=after.application_id)
    return rules.view_of(after)
