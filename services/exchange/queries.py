"""What can be looked at."""

from uuid import UUID

from services.exchange import rules, storage
from services.exchange.rules import Action, ChangeView, Exchange, ExchangeView
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound


async def exchange(connection: Connection, actor: Actor, exchange_id: UUID) -> ExchangeView:
    """One exchange. Raises `NotFound` also for those who may not know of it."""
    return rules.view_of(await _readable(connection, actor, exchange_id))


async def exchanges_of(connection: Connection, actor: Actor, application_id: UUID) -> list[ExchangeView]:
    """The exchanges of an application that the actor may read, the oldest first."""
    found = await storage.exchanges_of(connection, application_id)
    return [rules.view_of(one) for one in found if rules.may(actor, Action.READ, one)]


async def history(connection: Connection, actor: Actor, exchange_id: UUID) -> list[ChangeView]:
    """What was done with an exchange, the oldest first. Raises `NotFound` like `exchange`."""
    readable = await _readable(connection, actor, exchange_id)
    return await storage.history_of(connection, readable.id)


async def _readable(connection: Connection, actor: Actor, exchange_id: UUID) -> Exchange:
    found = await storage.find_exchange(connection, exchange_id)
    if not rules.may(actor, Action.READ, found):
        raise NotFound("exchange-not-found", "There is no exchange with this id.")
    return found
