"""Somebody who asks at the desk, over HTTP, as the API's callers should: again with the same key until it is done."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID, uuid4

import httpx

from shared.primitives.terms import Role
from shared.primitives.waiting import wait_for
from tests.chaos.driver import PACE
from tests.chaos.processes import HOST, Running
from tests.fakes.http import signed_in

CALLER = signed_in(Role.COORDINATOR)


@dataclass
class Asker:
    """What was asked, and every answer that was not a yes."""

    client: httpx.AsyncClient
    accepted: int = 0
    refusals: list[httpx.Response] = field(default_factory=list)

    async def ask(self, application_id: UUID, *, times: int = 1) -> httpx.Response:
        """Ask once."""
        return await self._ask(application_id, times, uuid4())

    async def insist(self, application_id: UUID) -> None:
        """Ask until the answer is yes."""
        key = uuid4()
        while (answer := await self._ask(application_id, 1, key)).status_code != 201:
            self.refusals.append(answer)
            await asyncio.sleep(PACE)
        self.accepted += 1

    @asynccontextmanager
    async def asking(self, applications: Sequence[UUID]) -> AsyncIterator[None]:
        """Two ask about all applications in turn, for as long as the block lasts."""
        silent, turn = asyncio.Event(), count()

        async def one() -> None:
            while not await wait_for(silent, PACE):
                await self.insist(applications[next(turn) % len(applications)])

        async with asyncio.TaskGroup() as group:
            for _ in range(2):
                group.create_task(one())
            try:
                yield
            finally:
                silent.set()

    async def _ask(self, application_id: UUID, times: int, key: UUID) -> httpx.Response:
        body = {"application_id": str(application_id), "word": "well", "times": times}
        return await self.client.post("/v1/words", json=body, headers=CALLER | {"Idempotency-Key": str(key)})


@asynccontextmanager
async def at(desk: Running) -> AsyncIterator[Asker]:
    """Somebody at this desk."""
    url = f"http://{HOST}:{desk.port}"
    async with httpx.AsyncClient(trust_env=False, timeout=15, base_url=url) as client:
        yield Asker(client)
