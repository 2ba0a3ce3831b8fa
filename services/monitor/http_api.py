"""The console as JSON, for operators: each route parses, runs one query, and replies.

Dead letters lie with the services that could not use them: who asks for a message or settles it is passed on to there.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from services.monitor import queries
from services.monitor.clients import Held, Holders
from services.monitor.rules import READ_MESSAGES, SETTLE_DEAD_LETTERS
from services.monitor.rules.views import CaseView, DeadLetterView, ServicesView, StreamsView, TimelineView
from shared.hosting.dead_letters_api import DeadLetterDetail, SettledView, Why
from shared.http.call import Call, HttpCall

Limit = Annotated[int, Query(ge=1, le=1000)]


router = APIRouter()


def api_router(patience: Callable[[], timedelta], holders: Holders) -> APIRouter:
    """The routes; a case that waits and has been quiet for longer than `patience()` is stuck."""
    api = APIRouter(prefix="/v1")
    api.include_router(router)
    api.include_router(_held_router(holders))

    @api.get("/cases")
    async def list_cases(
        call: Call,
        reference: Annotated[str | None, Query(max_length=40, description="a reference or the id of a case")] = None,
        stuck: bool = False,
        limit: Limit = 100,
    ) -> list[CaseView]:
        """The cases with the newest events; with `stuck`, those that wait too long; with `reference`, that one."""
        now = call.database.clock()
        if reference is not None:
            return await call.read(queries.find_cases, reference, now=now, patience=patience())
        listed = queries.stuck_cases if stuck else queries.recent_cases
        return await call.read(listed, now=now, patience=patience(), limit=limit)

    @api.get("/cases/{case_id}/timeline")
    async def show_timeline(case_id: UUID, call: Call) -> TimelineView:
        """One case with all its events across the services."""
        return await call.read(queries.timeline, case_id, now=call.database.clock(), patience=patience())

    return api


@router.get("/streams")
async def show_streams(call: Call) -> StreamsView:
    """Rates, ages, lags, dead letters and slow steps of all streams."""
    return await call.read(queries.streams, now=call.database.clock())


@router.get("/services")
async def show_services(call: Call) -> ServicesView:
    """Every service with its roles, as last seen."""
    return await call.read(queries.services, now=call.database.clock())


@router.get("/streams/dead-letters")
async def list_dead_letters(
    call: Call, state: Literal["dead", "replayed", "discarded"] | None = None, limit: Limit = 100
) -> list[DeadLetterView]:
    """The dead letters of all services, as they reported them, the newest first."""
    return await call.read(queries.dead_letters, state=state, limit=limit)


@router.get("/streams/dead-letters/{dead_letter_id}")
async def show_dead_letter(dead_letter_id: UUID, call: Call) -> DeadLetterView:
    """One dead letter: where it came from and why it was set aside."""
    return await call.read(queries.dead_letter, dead_letter_id)


def _held_router(holders: Holders) -> APIRouter:
    """What the service that holds a dead letter answers, asked as the caller."""
    held = APIRouter(prefix="/streams/dead-letters/{dead_letter_id}")

    @held.get("/message")
    async def show_message(dead_letter_id: UUID, call: Call) -> DeadLetterDetail:
        """The message of one dead letter, and who did what about it, when and why."""
        return await holders.message(await _held(call, dead_letter_id, READ_MESSAGES))

    @held.post("/replay")
    async def replay_dead_letter(dead_letter_id: UUID, body: Why, call: Call) -> SettledView:
        """Have the letter tried again, then what waits behind it."""
        return await holders.settle(await _held(call, dead_letter_id, SETTLE_DEAD_LETTERS), "replay", body)

    @held.post("/discard")
    async def discard_dead_letter(dead_letter_id: UUID, body: Why, call: Call) -> SettledView:
        """Have the letter given up, then what waits behind it handled."""
        return await holders.settle(await _held(call, dead_letter_id, SETTLE_DEAD_LETTERS), "discard", body)

    return held


async def _held(call: HttpCall, dead_letter_id: UUID, action: str) -> Held:
    # The transaction ends before the service is asked: it may take its time, and may be monitor itself.
    service = await call.read(queries.holder, dead_letter_id, action)
    return Held(service, dead_letter_id, call.in_the_callers_name)
