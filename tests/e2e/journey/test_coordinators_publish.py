"""Where a coordinator publishes, a case goes its whole way on real processes: by the shortlist, and by a round."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from deploy.cli.copy import copy_from, operator_client
from deploy.journeys.desk import Desk, Order, Who, open_desk
from shared.primitives.terms import Role
from tests.e2e.services import RunningServices

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]

COORDINATOR = Who(Role.COORDINATOR)
TERMS = {
    "weights": {"knowledge": 40, "position": 25, "context": 15, "language": 10, "availability": 10},
    "proposals": 3,
    "answer_days": 10,
}
Publishes = Callable[[Desk, str], Awaitable[None]]


async def say(desk: Desk, path: str, body: object) -> Any:
    """A command of a coordinator, with an idempotency key as every client of ours sends it."""
    return await desk.command(COORDINATOR, Order("matching", path, body), key=str(uuid4()))


async def set_publishing(desk: Desk, publishing: str) -> None:
    newest = (await desk.look(COORDINATOR, "matching", "/v1/policies?programme=connect"))[0]["version"]
    body = {"terms": TERMS | {"publishing": publishing}, "based_on": newest}
    await say(desk, "/v1/programmes/connect/policy", body)


@asynccontextmanager
async def coordinators_publish(services: RunningServices) -> AsyncIterator[Desk]:
    async with open_desk(copy_from(services.environment).addresses, operator_client(services.environment)) as desk:
        await set_publishing(desk, "by-coordinator")
        try:
            yield desk
        finally:
            await set_publishing(desk, "by-itself")


async def by_shortlist(desk: Desk, case: str) -> None:
    """The best offer is put onto the list, and out."""
    best = (await desk.look(COORDINATOR, "matching", f"/v1/applications/{case}/ranking"))["offers"][0]["offer_id"]
    await say(desk, f"/v1/applications/{case}/shortlist", {"offers": [best]})
    (published,) = await say(desk, f"/v1/applications/{case}/publication", {})
    assert (published["offer_id"], published["state"]) == (best, "published")


async def by_round(desk: Desk, case: str) -> None:
    """A round is computed in the background and published."""
    path = f"/v1/rounds/{(await say(desk, '/v1/rounds', {}))['round_id']}"
    await desk.until(lambda: in_state(desk, path, "computed"))
    pairs = await desk.look(COORDINATOR, "matching", f"{path}/pairs")
    assert case in {one["application_id"] for one in pairs}
    await say(desk, f"{path}/publication", {})
    published = await desk.until(lambda: in_state(desk, path, "published"))
    assert published["published"] == len(pairs)


async def in_state(desk: Desk, path: str, state: str) -> Any | None:
    found = await desk.look(COORDINATOR, "matching", path)
    return found if found["state"] == state else None


async def waiting(desk: Desk) -> str | None:
    """The case that a coordinator must choose for."""
    found = await desk.look(COORDINATOR, "matching", "/v1/searches?state=searching")
    return found[0]["application_id"] if found else None


@pytest.mark.parametrize("publishes", [by_shortlist, by_round])
async def test_what_a_coordinator_publishes_goes_its_whole_way(
    running_services: RunningServices, publishes: Publishes
) -> None:
    async with coordinators_publish(running_services) as desk:
        walking = asyncio.create_task(
            asyncio.to_thread(running_services.connect, "journey", "--mode", "internship", "--timeout", "120")
        )
        async with asyncio.timeout(90):
            await publishes(desk, await desk.until(lambda: waiting(desk)))
        walked = await walking
    assert walked.returncode == 0, walked.stderr
    assert "is closed" in walked.stdout
