"""The work on rounds beside the schedule: whatever crashes on the way, rounds are computed, and it shows if not."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.matching.live import rounds as at_work
from services.matching.live import rounds_at_work
from services.matching.live.rounds import PART, compute_next
from services.matching.live.solving import SPAWN, solve_apart
from services.matching.rules.rounds import MOST_TRIES
from services.matching.storage import rounds
from shared.hosting.service import Hosted
from shared.primitives.readiness import Readiness
from tests.integration.matching.conftest import Crowd, Matching
from tests.integration.matching.test_rounds import ordered, shown


def hosted_by(matching: Matching) -> Hosted:
    return Hosted("matching", None, matching.database, Readiness(), asyncio.Event())  # type: ignore[arg-type]


async def test_a_solver_that_is_killed_is_started_anew_but_not_for_ever(
    matching: Matching,
    client: httpx.AsyncClient,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    round_id = await ordered(client)

    async def killed(*arguments: Any) -> Any:
        task = asyncio.create_task(solve_apart(*arguments))
        while not (children := [one for one in SPAWN.active_children() if one.pid]):
            await asyncio.sleep(0.01)
        children[0].kill()
        return await task

    monkeypatch.setattr(at_work, "solve_apart", killed)
    assert await compute_next(matching.database)
    assert (await shown(client, round_id))["state"] == "computing"
    monkeypatch.undo()
    assert await compute_next(matching.database)
    assert (await shown(client, round_id))["state"] == "computed"
    again = await ordered(client)
    monkeypatch.setattr(at_work, "solve_apart", killed)
    for _ in range(MOST_TRIES + 1):
        assert await compute_next(matching.database)
    assert (await shown(client, again))["problem"]["code"] == "round-crashed"


async def test_a_round_is_computed_by_one_process_at_a_time(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    """While somebody holds it nobody else begins; once their connection is gone, the next one does."""
    round_id = await ordered(client)
    pool = matching.database.pool
    async with asyncio.timeout(60), pool.acquire() as holding, rounds.at_work(holding, UUID(round_id)) as mine:
        assert mine
        assert not await compute_next(matching.database)
        await pool.execute("SELECT pg_terminate_backend($1)", holding.get_server_pid())
        while not await compute_next(matching.database):
            await asyncio.sleep(0.01)
    assert (await shown(client, round_id))["state"] == "computed"


async def test_the_companion_computes_what_is_ordered_and_ends_with_its_role(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd
) -> None:
    hosted = hosted_by(matching)
    async with asyncio.timeout(60), rounds_at_work(hosted):
        round_id = await ordered(client)
        while (await shown(client, round_id))["state"] != "computed":
            await asyncio.sleep(0.05)
        hosted.stopping.set()
    assert not SPAWN.active_children()


async def test_work_that_fails_each_time_is_given_up_and_the_next_round_is_computed(
    matching: Matching,
    client: httpx.AsyncClient,
    crowd: Crowd,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing, next_one = await ordered(client), await ordered(client, seed=1)

    async def fails(material: Any, options: Any, *others: Any) -> Any:
        if not options.seed:
            raise KeyError("unforeseen")
        return await solve_apart(material, options, *others)

    monkeypatch.setattr(at_work, "solve_apart", fails)
    while await compute_next(matching.database):
        pass
    assert (await shown(client, failing))["problem"]["code"] == "round-crashed"
    assert (await shown(client, next_one))["state"] == "computed"


async def test_it_shows_that_a_round_can_not_be_read_and_computes_those_behind_it(
    matching: Matching, client: httpx.AsyncClient, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_work, "LOOK_EVERY", 0.02)
    round_id, pool = await ordered(client), matching.database.pool
    await pool.execute("UPDATE rounds SET options = jsonb_set(options, '{proposals}', '0')")
    behind = await ordered(client)
    hosted = hosted_by(matching)
    async with asyncio.timeout(60), rounds_at_work(hosted):
        while hosted.readiness.is_ready:
            await asyncio.sleep(0.01)
        assert "ValidationError" in hosted.readiness.parts[PART].reason
        while (await shown(client, behind))["state"] != "computed":
            await asyncio.sleep(0.05)
        assert not hosted.readiness.is_ready
        await pool.execute("UPDATE rounds SET options = jsonb_set(options, '{proposals}', '1')")
        while not hosted.readiness.is_ready:
            await asyncio.sleep(0.01)
        while (await shown(client, round_id))["state"] != "computed":
            await asyncio.sleep(0.05)
