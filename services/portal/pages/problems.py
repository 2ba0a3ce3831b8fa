"""Problems as pages, in the reader's language; programs get problem documents from the same errors."""

from collections.abc import Callable, Coroutine
from typing import Any

import asyncpg
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from services.portal.pages.render import page
from services.portal.pages.speech import speech_for
from shared.postgres.pool import AWAY
from shared.primitives.errors import NotFound, TryAgain
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

NOT_FOUND = (NotFound, RequestValidationError)
NOT_NOW = (*AWAY, asyncpg.PostgresError, TryAgain)
FOR_PROGRAMS = ("/v1/", "/.well-known/", "/health/", "/static/", "/metrics", "/openapi.json")


class PageRoute(APIRoute):
    """A route whose errors are answered with a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's handler, with its errors told to people."""
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except NOT_FOUND:
                return problem_page(request, 404)
            except NOT_NOW as error:
                log.warning("page not available", path=request.url.path, error_type=type(error).__name__)
                return problem_page(request, 503)
            except Exception:
                log.exception("page failed", path=request.url.path)
                return problem_page(request, 500)

        return told


class UnknownAddress(PageRoute):
    """Matches addresses that nothing else serves, when a browser asks for a page."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """No match for programs, whose errors are problem documents."""
        if scope["type"] != "http" or scope["path"].startswith(FOR_PROGRAMS) or not _wants_page(scope):
            return Match.NONE, {}
        return super().matches(scope)


def _wants_page(scope: Scope) -> bool:
    return any(name == b"accept" and b"text/html" in value for name, value in scope["headers"])


def problem_page(request: Request, status: int) -> Response:
    """The page for a problem: 404, 503, or 500 for everything else."""
    spoken = speech_for(request)
    answer = page(request, spoken, "problem.html", status=status, problem=status)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    answer.headers["Cache-Control"] = "no-store"
    return answer
