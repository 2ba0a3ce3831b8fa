"""What the requester commits to."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.evaluation import rules, storage
from services.evaluation.rules import Deed
from services.evaluation.rules.actions import agreed, agreed_event
from services.evaluation.rules.views import ActionView, action_view
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import require


@dataclass(frozen=True, slots=True)
class AgreeAction:
    """Commit to something after an exchange; `owner_id` is a member."""

    exchange_id: UUID
    owner_id: UUID
    what: str
    due: date


async def agree_action(work: UnitOfWork, command: AgreeAction) -> ActionView:
    """Store what will be done, by whom and until when."""
    exchange = await storage.find_exchange(work.connection, command.exchange_id)
    require(rules.may(work.actor, Deed.AGREE_ACTION, exchange), Deed.AGREE_ACTION)
    action = agreed(exchange, work.new_id(), command.owner_id, command.what, command.due)
    await storage.insert_action(work.connection, action)
    work.announce(agreed_event(action), case=action.application_id)
    return action_view(action)
