"""A service's dead letters for operators: list, look, replay, discard."""

import base64
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shared.events.envelope import peek
from shared.http.body import Body
from shared.http.call import Call
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound, require
from shared.primitives.terms import Role
from shared.streaming import acts, dead_letters, settlement
from shared.streaming.acts import Outcome
from shared.streaming.reactions import Reactions
from shared.streaming.settlement import Settle

State = Literal["dead", "waiting", "replayed", "discarded"]


class DeadLetterView(BaseModel):
    """Where a message came from, why it was set aside, and who settled it."""

    id: UUID
    state: State
    topic: str
    partition: int
    offset: int
    key: str | None
    event_id: UUID | None
    event_type: str | None
    reason: str
    detail: str
    received_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_why: str | None


class ActView(BaseModel):
    """What an operator did about a letter, and what failed if it was in vain."""

    outcome: Outcome
    at: datetime
    by: str
    why: str
    reason: str | None
    detail: str | None


class DeadLetterDetail(DeadLetterView):
    """With the message itself (bytes that are no text in base64) and all acts, in their order."""

    headers: dict[str, str]
    value: str | None
    value_base64: str | None
    acts: list[ActView]


class SettledView(BaseModel):
    """How many messages were handled, and the letter that blocks the key now, if one does."""

    handled: int
    blocked_by: UUID | None


class Why(Body):
    """The reason that is recorded."""

    why: str = Field(min_length=3, max_length=500)


def dead_letters_router(reactions: Reactions) -> APIRouter:
    """The routes, for a service with these reactions."""
    router = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"])

    @router.get("")
    async def list_letters(
        call: Call, state: State | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
    ) -> list[DeadLetterView]:
        """Those that wait for an operator, oldest first; with `state`, those in that state."""
        return await call.read(_listed, state, limit)

    @router.get("/{letter_id}")
    async def show_letter(letter_id: UUID, call: Call) -> DeadLetterDetail:
        """One letter with its message."""
        return await call.read(_detail, letter_id)

    @router.post("/{letter_id}/replay")
    async def replay(letter_id: UUID, body: Why, call: Call) -> SettledView:
        """Try the letter again, then what waits behind it."""

        async def act(work: UnitOfWork, command: Settle) -> SettledView:
            _require_operator(work.actor)
            return _view(await settlement.replay(work, reactions, command))

        return await call.command(act, Settle(letter_id, body.why))

    @router.post("/{letter_id}/discard")
    async def discard(letter_id: UUID, body: Why, call: Call) -> SettledView:
        """Give the letter up, then handle what waits behind it."""

        async def act(work: UnitOfWork, command: Settle) -> SettledView:
            _require_operator(work.actor)
            return _view(await settlement.discard(work, reactions, command))

        return await call.command(act, Settle(letter_id, body.why))

    return router


def _require_operator(actor: Actor) -> None:
    require(actor.has(Role.OPERATOR), "look at or settle dead letters")


def _view(settled: settlement.Settled) -> SettledView:
    return SettledView(handled=settled.handled, blocked_by=settled.blocked_by)


async def _listed(connection: Connection, actor: Actor, state: str | None, limit: int) -> list[DeadLetterView]:
    _require_operator(actor)
    rows = await dead_letters.listed(connection, state=state, limit=limit)
    return [DeadLetterView.model_validate(dict(row)) for row in rows]


async def _detail(connection: Connection, actor: Actor, letter_id: UUID) -> DeadLetterDetail:
    _require_operator(actor)
    row = await dead_letters.show(connection, letter_id)
    if row is None:
        raise NotFound("no-such-dead-letter", "There is no dead letter with this id. List them to see which there are.")
    value: bytes | None = row["value"]
    try:
        text, encoded = (value.decode() if value is not None else None), None
    except UnicodeDecodeError:
        text, encoded = None, base64.b64encode(value or b"").decode()
    more = {
        "headers": peek(dead_letters.message_of(row).headers),
        "value": text,
        "value_base64": encoded,
        "acts": [dict(act) for act in await acts.acts_on(connection, letter_id)],
    }
    return DeadLetterDetail.model_validate(dict(row) | more)
