"""Asks the other services how they are, and about the dead letters that they hold, in the name of whoever asks here."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel

from services.monitor.rules.observations import Health, told, unreachable
from shared.hosting.dead_letters_api import DeadLetterDetail, SettledView, Why
from shared.http.client import send
from shared.primitives.errors import NotFound, TryAgain

ASK_TIMEOUT = 3.0
MOST_BYTES = 100_000
# A letter is settled together with what waits behind it, which may be much.
HOLDER_TIMEOUT = httpx.Timeout(60.0, connect=ASK_TIMEOUT)

Act = Literal["replay", "discard"]
A = TypeVar("A", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Held:
    """A dead letter at the service that holds it. `asking` are the headers that tell the service who asks."""

    service: str
    letter_id: UUID
    asking: Mapping[str, str]


@dataclass(slots=True)
class Holders:
    """The services that hold dead letters. They decide and record under the caller's name; monitor has no say there.

    Every call raises Refused as the service refuses, and TryAgain, which names the service, if it does not answer. None
    can be asked before `at` has been entered.
    """

    urls: Mapping[str, str] = field(default_factory=dict)
    http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def at(self, urls: Mapping[str, str]) -> AsyncIterator[None]:
        """Ask them at these addresses for as long as the context lasts."""
        async with httpx.AsyncClient(timeout=HOLDER_TIMEOUT, trust_env=False) as http:
            self.urls, self.http = urls, http
            yield

    async def message(self, letter: Held) -> DeadLetterDetail:
        """The letter with its message and all acts."""
        return await self._ask(letter, "GET", "", DeadLetterDetail)

    async def settle(self, letter: Held, act: Act, why: Why) -> SettledView:
        """What came of the act."""
        return await self._ask(letter, "POST", f"/{act}", SettledView, why.model_dump())

    async def _ask(
        self, letter: Held, method: str, place: str, promised: type[A], body: Mapping[str, str] | None = None
    ) -> A:
        if self.http is None:
            raise TryAgain("The console is still starting")
        service = letter.service
        if service not in self.urls:  # the token must not leave for any other address
            raise NotFound("no-such-service", f"This letter is held by {service}, which is none of our services.")
        url = f"{self.urls[service]}/v1/dead-letters/{letter.letter_id}{place}"
        try:
            answer = await send(self.http, method, url, json=body, headers=dict(letter.asking))
            return promised.model_validate(answer)
        except TryAgain as away:
            raise TryAgain(f"{service} can't answer for the moment: {str(away).removesuffix('.')}") from away
        except ValueError as error:
            raise TryAgain(f"{service} can't answer for the moment: {url} says something else") from error


async def ask_all(http: httpx.AsyncClient, urls: Mapping[str, str]) -> list[Health]:
    """The health of every service, asked at the same time; never raises for one that is away or answers nonsense."""
    return await asyncio.gather(*(_ask(http, service, url) for service, url in urls.items()))


async def _ask(http: httpx.AsyncClient, service: str, url: str) -> Health:
    try:
        answer = await http.get(f"{url}/health/ready", timeout=ASK_TIMEOUT)
        if len(answer.content) > MOST_BYTES:
            return unreachable(service, "its answer is too long")
        return told(service, answer.json())
    except httpx.TimeoutException:
        return unreachable(service, f"no answer from {url} within {ASK_TIMEOUT:.0f} seconds")
    except httpx.HTTPError as error:
        return unreachable(service, f"{url} can't be reached ({type(error).__name__})")
    except ValueError:
        return unreachable(service, "its answer is not JSON")
