"""Every page, and what answers where there is none."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal.clients import Matching
from services.portal.live import Hub
from services.portal.pages.cases import cases_router
from services.portal.pages.home import doorway, home
from services.portal.pages.problems import PageRoute, UnknownAddress, problem_page
from services.portal.pages.static import static
from services.portal.pages.themes import themes_router
from shared.wording.speech import LANGUAGES

READ = ["GET", "HEAD"]


def pages_router(hub: Hub, matching: Matching) -> APIRouter:
    """The pages in every language. Put it after the JSON API: it takes the addresses that nothing else serves."""
    router = APIRouter(route_class=PageRoute, include_in_schema=False)
    router.add_api_route("/", doorway, methods=READ)
    router.add_api_route("/static/{name}", static, methods=READ)
    for language in LANGUAGES:
        router.add_api_route(f"/{language}/", home, methods=READ)
        router.include_router(cases_router(hub), prefix=f"/{language}")
        router.include_router(themes_router(matching), prefix=f"/{language}")
    router.add_api_route("/{path:path}", nothing_here, methods=READ, route_class_override=UnknownAddress)
    return router


async def nothing_here(request: Request, path: str) -> Response:  # noqa: ARG001 - the address is taken whatever it is
    """The page that says that there is no page."""
    return problem_page(request, 404)
