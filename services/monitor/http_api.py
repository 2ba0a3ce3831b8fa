"""The console as JSON, for operators: each route parses, runs one query, and replies."""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from services.monitor import queries
from services.monitor.rules.views import CaseView, DeadLetterView, ServicesView, StreamsView, TimelineView
from shared.http.call import Call

Limit = Annotated[int, Query(ge=1, le=1000)]


router = APIRouter()


def api_router(patience: Callable[[], timedelta]) -> APIRouter:
    """The routes; a case that waits and has been quiet for longer than `patience()` is stuck."""
    api = APIRouter(prefix="/v1")
    api.include_router(router)

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
