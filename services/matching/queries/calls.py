"""The calls that await offers, for the associations that were asked and for coordinators."""

from dataclasses import dataclass
from uuid import UUID

from services.matching.rules import access
from services.matching.rules.views import OpenCallView, open_call_view
from services.matching.storage import calls
from shared.postgres.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class ListCalls:
    """Calls that are open today, `limit` of them after an application."""

    after: UUID | None
    limit: int


async def open_calls(work: UnitOfWork, asked: ListCalls) -> list[OpenCallView]:
    """The open calls in the order of their applications: those to the actor's association, or all for coordinators."""
    mine = access.association_of(work.actor)
    found = await calls.open_calls(work.connection, work.today, mine, asked.after, asked.limit)
    return [open_call_view(one, call, call.associations if mine is None else (mine,)) for one, call in found]
