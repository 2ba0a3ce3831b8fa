"""What a route works with: who calls, and how its use case is run, committed and answered, once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar, cast

import asyncpg
from fastapi import Depends, Header, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import TypeAdapter

from shared.http.auth import TokenVerifier
from shared.postgres import idempotency
from shared.postgres.idempotency import StoredReply
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor

C = TypeVar("C")
T = TypeVar("T")
P = ParamSpec("P")

MAX_KEY = 200
REPLY = TypeAdapter[Any](Any)  # a model, a list of them, or whatever else a route answers with
# Two commands that locked the same rows in another order, or met in the same instant: the second try finds them done.
COLLISIONS = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
TRIES = 3


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One verified request."""

    request: Request
    actor: Actor
    database: Database
    key: str | None = None

    @property
    def in_the_callers_name(self) -> dict[str, str]:
        """The headers with which another service takes us for the caller: its token, and its Idempotency-Key if any."""
        sent = {"Authorization": self.request.headers["Authorization"]}
        return sent | ({"Idempotency-Key": self.key} if self.key else {})

    async def command(self, use_case: Callable[[UnitOfWork, C], Awaitable[T]], command: C) -> T:
        """Run the use case in a transaction and commit it before anything is answered.

        With an Idempotency-Key the answer is stored in the same transaction; the same command with the same key gets
        that answer again (with the header `Idempotency-Replayed: true`), another command with the same key is refused.
        """
        for tries_left in reversed(range(TRIES)):
            try:
                return await self._once(use_case, command)
            except COLLISIONS:
                if not tries_left:
                    raise
        raise AssertionError("unreachable")

    async def read(
        self, query: Callable[Concatenate[Connection, Actor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a query in a read-only transaction."""
        async with self.database.reading() as connection:
            return await query(connection, self.actor, *args, **kwargs)

    async def ask(self, question: Callable[[UnitOfWork, C], Awaitable[T]], asked: C) -> T:
        """Answer a question that needs the clock or what the process keeps in memory, in a read-only transaction."""
        async with self.database.looking(self.actor) as work:
            return await question(work, asked)

    async def _once(self, use_case: Callable[[UnitOfWork, C], Awaitable[T]], command: C) -> T:
        key = self.key
        async with self.database.unit_of_work(self.actor) as work:
            if key is None:
                return await use_case(work, command)
            path = self.request.url.path
            print_ = idempotency.fingerprint(self.request.method, path, await self.request.body())
            stored = await idempotency.claim(work.connection, self.actor.account, key, print_)
            if stored is not None:
                # FastAPI sends a Response as it is, whatever the route promises.
                return cast(T, _again(stored))
            result = await use_case(work, command)
            await idempotency.remember(work.connection, self.actor.account, key, self._reply(result))
            return result

    def _reply(self, result: object) -> StoredReply:
        status = getattr(self.request.scope.get("route"), "status_code", None) or 200
        return StoredReply(status, REPLY.dump_json(result))


def _again(stored: StoredReply) -> Response:
    return Response(stored.body, stored.status, {"Idempotency-Replayed": "true"}, media_type="application/json")


async def http_call(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Security(HTTPBearer(auto_error=False))],
    idempotency_key: Annotated[
        str | None,
        Header(
            description="a command that is sent again with the same key is done once", min_length=1, max_length=MAX_KEY
        ),
    ] = None,
) -> HttpCall:
    """The dependency behind `Call`: verify the token, deny without one.

    The scheme and the header are parameters for the OpenAPI document's sake; the verifier reads the token itself.
    """
    verifier: TokenVerifier = request.app.state.verifier
    actor = await verifier.actor(request.headers.get("Authorization"))
    return HttpCall(request, actor, request.app.state.database, idempotency_key)


Call = Annotated[HttpCall, Depends(http_call)]
