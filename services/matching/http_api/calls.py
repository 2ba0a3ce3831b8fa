"""Targeted calls: opened by a coordinator, read by the associations that are asked."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.matching import queries, use_cases
from services.matching.queries import ListCalls
from services.matching.rules.views import OpenCallView, SearchView
from services.matching.use_cases import OpenCall
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter()


class CallBody(Body):
    """Until when offers are awaited."""

    closes_on: date


@router.get("/calls")
async def list_calls(
    call: Call,
    after: Annotated[UUID | None, Query(description="the application after which the list goes on")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[OpenCallView]:
    """The calls that await offers: those to the caller's association, all of them for coordinators."""
    return await call.ask(queries.open_calls, ListCalls(after, limit))


@router.post("/applications/{application_id}/call", status_code=201)
async def open_call(application_id: UUID, body: CallBody, call: Call) -> SearchView:
    """Ask associations for offers, after a search without a match; or with a later day, prolong the call."""
    return await call.command(use_cases.open_call, OpenCall(application_id, body.closes_on))
