"""Asks the other services how they are."""

import asyncio
from collections.abc import Mapping

import httpx

from services.monitor.rules.observations import Health, told, unreachable

ASK_TIMEOUT = 3.0
MOST_BYTES = 100_000


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
