"""Who may look at a page, and what becomes of an error on the way to one."""

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from services.monitor.pages.rendering import page
from services.monitor.rules import SEE_THE_CONSOLE, may
from shared.http.auth import NotSignedIn, TokenVerifier
from shared.postgres.pool import AWAY, Connection
from shared.postgres.unit_of_work import Database
from shared.primitives.actor import Actor
from shared.primitives.errors import Forbidden, NotFound, TryAgain, require
from shared.primitives.terms import Role

P = ParamSpec("P")
T = TypeVar("T")

# Whoever reaches an open console is taken for an operator.
ANYBODY = Actor(account="console", roles=frozenset({Role.OPERATOR}))


@dataclass(frozen=True, slots=True)
class Look:
    """One reader's look at the console."""

    actor: Actor
    database: Database
    now: datetime

    async def at(
        self, query: Callable[Concatenate[Connection, Actor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query in a read-only transaction."""
        async with self.database.reading() as connection:
            return await query(connection, self.actor, *args, **kwargs)


async def look_of(request: Request, *, is_open: bool) -> Look:
    """The reader of a request. Raises NotSignedIn or Forbidden for whoever is no operator, unless pages are open."""
    verifier: TokenVerifier = request.app.state.verifier
    database: Database = request.app.state.database
    actor = ANYBODY if is_open else await verifier.actor(request.headers.get("Authorization"))
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    return Look(actor, database, database.clock())


CLOSED = (
    "These pages are for operators. Send an operator's token (Authorization: Bearer …), which the portal gives at "
    "POST /v1/token. Where only operators can reach this address, CONNECT_MONITOR_OPEN_PAGES=1 opens the pages."
)
FOR_OPERATORS = "The console is for operators. Ask for that role."
NOTHING_THERE = "There is nothing at this address. Check the id in it."
DATABASE_AWAY = "PostgreSQL can't be reached. Try again in a moment."
LATER = "Not available for the moment"


class PageRoute(APIRoute):
    """A route whose errors are pages too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with its errors turned into pages."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except (NotSignedIn, Forbidden, NotFound, RequestValidationError, TryAgain, *AWAY) as error:
                return _page_of(error)

        return handled


def _page_of(error: Exception) -> Response:
    match error:
        case NotSignedIn():
            status, title, detail = 401, "Sign in first", CLOSED
        case Forbidden():
            status, title, detail = 403, "Not allowed", FOR_OPERATORS
        case NotFound():
            status, title, detail = 404, "Not found", error.detail
        case RequestValidationError():
            status, title, detail = 404, "Not found", NOTHING_THERE
        case TryAgain():
            status, title, detail = 503, LATER, f"{error}. Try again in a moment."
        case _:
            status, title, detail = 503, LATER, DATABASE_AWAY
    response = page("error.html", status=status, title=title, detail=detail, every=None)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response
