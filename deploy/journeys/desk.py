"""Where a journey asks the services: as somebody, with patience, and with one answer however often it has to ask."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
from pydantic import SecretStr

from deploy.cli.copy import OperatorClient
from deploy.errors import OperatorError
from shared.http.client import Credentials, Refused, TokenSource, send
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

T = TypeVar("T")

SERVICES = ("portal", "intake", "matching", "exchange", "evaluation")
ROLES = (Role.COORDINATOR, Role.REVIEWER, Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION, Role.READER)
SHORTEST_PAUSE, LONGEST_PAUSE = 0.02, 0.25  # seconds between two looks
ANSWER_WITHIN = 10.0
READY_WITHIN = 15.0


@dataclass(frozen=True)
class Who:
    """As whom something is asked: with which role, for which organisation, and which of its members it is."""

    role: Role
    organisation_id: str | None = None
    member_id: str | None = None


@dataclass(frozen=True)
class Order:
    """A command. `late_news` are refusals that only mean that the service has not heard of something yet."""

    service: str
    path: str
    body: object | None = None
    method: str = "POST"
    late_news: frozenset[str] = frozenset()


@dataclass
class Desk:
    """The services of one system.

    `waited` counts the seconds from looks in vain to the looks that found something; `trouble` is the last failed try.
    """

    urls: Mapping[str, str]
    client: OperatorClient
    http: httpx.AsyncClient
    waited: float = 0.0
    trouble: str = ""
    _tokens: dict[Who | None, TokenSource] = field(default_factory=dict)

    async def check(self, seconds: float = READY_WITHIN) -> None:
        """Raise OperatorError, with the remedy, unless every service is ready and the client may do all it must."""
        try:
            async with asyncio.timeout(seconds):
                for service in SERVICES:
                    await self.until(lambda service=service: self._is_ready(service))  # type: ignore[misc]
                await self.until(self.sign_in)
        except TimeoutError as error:
            raise OperatorError(f"{self.trouble}: see `connect status`.") from error

    async def look(self, who: Who, service: str, path: str) -> Any:
        """The JSON at a path, asked for once. Raises Refused, or TryAgain if the service does not answer."""
        return await send(self.http, "GET", self.urls[service] + path, token=await self._source(who).token())

    async def find(self, who: Who, service: str, path: str) -> Any | None:
        """The same, or None while there is no such thing."""
        try:
            return await self.look(who, service, path)
        except Refused as refused:
            if refused.status != httpx.codes.NOT_FOUND:
                raise
            return None

    async def command(self, who: Who, order: Order, *, key: str) -> Any:
        """Carry out an order once, however often it must be sent. Returns the reply's JSON. Raises Refused."""

        async def attempt() -> Any:
            token = await self._source(who).token()
            url, headers = self.urls[order.service] + order.path, {"Idempotency-Key": key}
            try:
                return await send(self.http, order.method, url, token=token, json=order.body or {}, headers=headers)
            except Refused as refused:
                if refused.code not in order.late_news:
                    raise
                self.trouble = f"{order.service} says: {refused.detail}"
                return None

        return await self.until(attempt)

    async def until(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What `look` finds as soon as it finds something. It gives up when it is cancelled, never by itself."""
        pause, in_vain_since = SHORTEST_PAUSE, None
        while True:
            try:
                found = await look()
            except TryAgain as away:
                self.trouble, found = str(away), None
            now = time.monotonic()
            if found is not None:
                self.waited += now - (in_vain_since or now)
                return found
            in_vain_since = in_vain_since or now
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def _source(self, who: Who | None) -> TokenSource:
        if who not in self._tokens:
            wish = Credentials(
                self.client.client_id,
                SecretStr(self.client.secret),
                roles=(who.role,) if who else ROLES,
                organisation_id=who.organisation_id if who else None,
                member_id=who.member_id if who else None,
            )
            self._tokens[who] = TokenSource(self.urls["portal"], wish, self.http)
        return self._tokens[who]

    async def _is_ready(self, service: str) -> bool | None:
        url = self.urls[service]
        try:
            answer = await self.http.get(f"{url}/health/ready")
            body = answer.json()
            reasons = [f"{name} ({part['reason']})" for name, part in body["roles"].items() if not part["ready"]]
        except httpx.TransportError as error:
            raise OperatorError(
                f"Nothing answers for {service} at {url}: start CONNECT with `connect up`, or set CONNECT_HOME or "
                f"CONNECT_URL_{service.upper()} to where it runs."
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise OperatorError(
                f"What answers at {url} is not CONNECT's {service}: set CONNECT_URL_{service.upper()} to its address."
            ) from error
        self.trouble = f"{service} is not ready: {', '.join(reasons)}" if reasons else ""
        return None if reasons else True

    async def sign_in(self, who: Who | None = None) -> bool:
        """True if the client gets a token for that; of None, for every role of a journey.

        Raises OperatorError with the remedy, or TryAgain if the portal does not answer.
        """
        try:
            await self._source(who).token()
        except Refused as refused:
            raise OperatorError(self._why_refused(refused)) from refused
        return True

    def _why_refused(self, refused: Refused) -> str:
        name, portal = self.client.client_id, self.urls["portal"]
        if refused.status == httpx.codes.UNAUTHORIZED:
            return (
                f"The portal at {portal} does not know the client {name} with this secret: set CONNECT_HOME to the "
                "data folder of that copy, or CONNECT_CLIENT_ID and CONNECT_CLIENT_SECRET to a client of it."
            )
        why = refused.body.get("error_description", refused.detail)
        return f"The portal at {portal} gives the client {name} no token: {why}"


@asynccontextmanager
async def open_desk(urls: Mapping[str, str], client: OperatorClient) -> AsyncIterator[Desk]:
    """A desk at these addresses. No proxy of the environment comes between."""
    async with httpx.AsyncClient(timeout=ANSWER_WITHIN, trust_env=False) as http:
        yield Desk(urls, client, http)
