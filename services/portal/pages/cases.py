"""The list of cases and the page of one case, each with its stream of changes."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from services.portal import queries
from services.portal.live import Hub
from services.portal.pages.live import print_of, stream
from services.portal.pages.problems import PageRoute
from services.portal.pages.render import HEADERS, page, render
from services.portal.pages.speech import speech_for
from services.portal.pages.views.cards import card
from services.portal.pages.views.case import case_view
from services.portal.pages.views.shown import CaseView
from services.portal.pages.words.states import stage_name
from services.portal.queries import LAST_PAGE, CasePage
from services.portal.rules.states import Stage
from shared.postgres.unit_of_work import Database
from shared.wording.speech import Speech

PageNumber = Annotated[int, Query(ge=1, le=LAST_PAGE)]


def cases_router(hub: Hub) -> APIRouter:
    """The routes below a language."""
    router = APIRouter(route_class=PageRoute, include_in_schema=False)

    @router.get("/cases")
    async def list_cases(request: Request, stage: Stage | None = None, page: PageNumber = 1) -> Response:
        return await _list_page(request, stage, page)

    @router.get("/cases/live")
    async def list_changes(request: Request, stage: Stage | None = None, page: PageNumber = 1) -> Response:
        async def look() -> str:
            return _list_part(speech_for(request), await _found(request, stage, page))

        return stream(request, hub, None, look)

    @router.get("/cases/{key}")
    async def show_case(request: Request, key: str) -> Response:
        return await _case_page(request, key)

    @router.get("/cases/{key}/live")
    async def case_changes(request: Request, key: str) -> Response:
        async with _database(request).reading() as connection:
            case_id = await queries.case_id_of(connection, key)

        async def look() -> str:
            async with _database(request).reading() as connection:
                case = await queries.case_detail(connection, case_id)
            return _case_part(speech_for(request), case_view(speech_for(request), case))

        return stream(request, hub, case_id, look)

    return router


def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _found(request: Request, stage: Stage | None, number: int) -> CasePage:
    async with _database(request).reading() as connection:
        return await queries.cases(connection, stage, number)


async def _list_page(request: Request, stage: Stage | None, number: int) -> Response:
    spoken, found = speech_for(request), await _found(request, stage, number)
    if number > found.pages:
        return RedirectResponse(f"{request.url.path}{_query(stage, found.pages)}", 302, HEADERS)
    part = _list_part(spoken, found)
    separator = "&" if _query(stage, number) else "?"
    live = f"/{spoken.language}/cases/live{_query(stage, number)}{separator}after={print_of(part)}"
    return page(request, spoken, "cases.html", part=part, live=live, number=number, stage=_stage(spoken, stage))


def _stage(spoken: Speech, stage: Stage | None) -> str | None:
    return stage_name(spoken, stage) if stage else None


def _query(stage: Stage | None, number: int) -> str:
    values = ({"stage": stage.value} if stage else {}) | ({"page": str(number)} if number > 1 else {})
    return f"?{urlencode(values)}" if values else ""


def _list_part(spoken: Speech, found: CasePage) -> str:
    every: list[tuple[Stage | None, str, int]] = [(None, spoken.say("All"), sum(found.totals.values()))]
    filters = every + [(stage, stage_name(spoken, stage), found.totals.get(stage, 0)) for stage in Stage]
    return render(
        spoken.language,
        "parts/cases.html",
        {
            "found": found,
            "cards": [card(spoken, row) for row in found.rows],
            "filters": [(stage == found.stage, name, number, _query(stage, 1)) for stage, name, number in filters],
            "before": _query(found.stage, found.page - 1) if found.page > 1 else None,
            "after": _query(found.stage, found.page + 1) if found.page < found.pages else None,
        },
    )


async def _case_page(request: Request, key: str) -> Response:
    spoken = speech_for(request)
    async with _database(request).reading() as connection:
        case = await queries.case_detail(connection, await queries.case_id_of(connection, key))
    view = case_view(spoken, case)
    if key != view.key:
        return RedirectResponse(f"/{spoken.language}/cases/{view.key}", 302, HEADERS)
    part = _case_part(spoken, view)
    live = f"/{spoken.language}/cases/{view.key}/live?after={print_of(part)}"
    return page(request, spoken, "case.html", part=part, live=live, case=view)


def _case_part(spoken: Speech, view: CaseView) -> str:
    return render(spoken.language, "parts/case.html", {"case": view})
