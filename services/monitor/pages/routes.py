"""The pages' addresses: each runs its queries and renders one template."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.monitor import queries
from services.monitor.pages.access import Look, PageRoute, look_of
from services.monitor.pages.rendering import file, page
from shared.primitives.errors import NotFound

# A page loads itself again only where its reader asked for it: whoever reads slowly must not lose the page.
Every = Annotated[int | None, Query(ge=5, le=3600)]
State = Literal["dead", "replayed", "discarded"]


def pages_router(patience: Callable[[], timedelta], is_open: Callable[[], bool]) -> APIRouter:
    """The pages. Closed ones ask for an operator's token; open ones are for an address that only operators reach."""
    pages = Pages(patience, is_open)
    router = APIRouter(include_in_schema=False, route_class=PageRoute, default_response_class=HTMLResponse)
    for path, show in (
        ("/", pages.streams),
        ("/services", pages.services),
        ("/cases", pages.cases),
        ("/cases/{case_id}", pages.case),
        ("/dead-letters", pages.dead_letters),
        ("/dead-letters/{dead_letter_id}", pages.dead_letter),
        ("/static/{name}", pages.static),
    ):
        router.add_api_route(path, show, methods=["GET"])
    return router


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of one console. A case that waits and has been quiet for longer than `patience()` is stuck."""

    patience: Callable[[], timedelta]
    is_open: Callable[[], bool]

    async def streams(self, request: Request, every: Every = None) -> Response:
        """The overview: rates, ages, lags, dead letters, slow steps."""
        look = await self._look(request)
        view = await look.at(queries.streams, now=look.now)
        stuck = await look.at(queries.stuck_cases, now=look.now, patience=self.patience())
        services = await look.at(queries.services, now=look.now)
        return page("streams.html", view=view, stuck=stuck, services=services, every=every)

    async def services(self, request: Request, every: Every = None) -> Response:
        """Every service with its roles."""
        look = await self._look(request)
        return page("services.html", view=await look.at(queries.services, now=look.now), every=every)

    async def cases(
        self, request: Request, find: Annotated[str, Query(max_length=60)] = "", every: Every = None
    ) -> Response:
        """Stuck cases and the latest ones; a search that finds one case leads to it."""
        look, patience = await self._look(request), self.patience()
        found = await look.at(queries.find_cases, find, now=look.now, patience=patience) if find.strip() else []
        if len(found) == 1:
            return RedirectResponse(f"/cases/{found[0].case_id}", 303)
        return page(
            "cases.html",
            now=look.now,
            find=find,
            found=found,
            stuck=await look.at(queries.stuck_cases, now=look.now, patience=patience),
            recent=await look.at(queries.recent_cases, now=look.now, patience=patience),
            quiet_days=patience.days,
            every=every,
        )

    async def case(self, request: Request, case_id: UUID, every: Every = None) -> Response:
        """One case's timeline across the services."""
        look = await self._look(request)
        view = await look.at(queries.timeline, case_id, now=look.now, patience=self.patience())
        return page("case.html", view=view, now=look.now, every=every)

    async def dead_letters(self, request: Request, state: State = "dead", every: Every = None) -> Response:
        """The dead letters of all services in one state."""
        look = await self._look(request)
        letters = await look.at(queries.dead_letters, state=state)
        return page("dead_letters.html", letters=letters, state_shown=state, now=look.now, every=every)

    async def dead_letter(self, request: Request, dead_letter_id: UUID, every: Every = None) -> Response:
        """One dead letter with its reason."""
        look = await self._look(request)
        letter = await look.at(queries.dead_letter, dead_letter_id)
        return page("dead_letter.html", letter=letter, now=look.now, every=every)

    async def static(self, name: str) -> Response:
        """A stylesheet, script or picture; open to everybody."""
        found = file(name)
        if found is None:
            raise NotFound("no-such-file", "There is no such file.")
        return found

    async def _look(self, request: Request) -> Look:
        return await look_of(request, is_open=self.is_open())
