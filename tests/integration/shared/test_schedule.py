"""What is due is done by one process at a time, in portions, and a failure is told."""

import asyncio
import re
from datetime import timedelta

from shared.events.intake import ApplicationWithdrawn
from shared.hosting import upkeep
from shared.hosting.schedule import Due, run_once, run_schedule
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.errors import TryAgain
from shared.primitives.ids import new_id
from shared.primitives.readiness import Readiness
from tests.conftest import OpenDatabase

HOURLY = timedelta(hours=1)


async def run_until_done(due: Due, database: Database, readiness: Readiness, done: asyncio.Event) -> None:
    stopping = asyncio.Event()
    running = asyncio.create_task(run_schedule((due,), database, readiness, stopping))
    await asyncio.wait_for(done.wait(), 30)
    stopping.set()
    await asyncio.wait_for(running, 10)


async def test_portions_are_done_until_nothing_is_due(open_database: OpenDatabase) -> None:
    database, done = await open_database("shared"), asyncio.Event()
    left = [3]

    async def work_off(work: UnitOfWork) -> int:
        if not left[0]:
            done.set()
            return 0
        left[0] -= 1
        return 1

    await run_until_done(Due("portions", HOURLY, work_off), database, Readiness(), done)
    assert left == [0]


async def test_a_second_process_leaves_the_task_to_the_first(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    begun, may_end, runs = asyncio.Event(), asyncio.Event(), []

    async def slowly(work: UnitOfWork) -> int:
        runs.append(1)
        begun.set()
        await may_end.wait()
        return 1

    due = Due("slow", HOURLY, slowly)
    first = asyncio.create_task(run_once(due, database))
    await asyncio.wait_for(begun.wait(), 10)
    assert await run_once(due, database) == 0
    may_end.set()
    assert await first == 1
    assert runs == [1]


async def test_a_failure_is_told_and_undone_and_the_next_round_is_tried(open_database: OpenDatabase) -> None:
    database, done, readiness = await open_database("shared"), asyncio.Event(), Readiness()
    rounds: list[str] = []

    async def fail_first(work: UnitOfWork) -> int:
        work.announce(ApplicationWithdrawn(application_id=new_id(), reason="test"), case=None)
        rounds.append(readiness.parts["schedule"].reason)
        if len(rounds) == 1:
            raise TryAgain("not now")
        done.set()
        return 0

    await run_until_done(Due("flaky", timedelta(milliseconds=20), fail_first), database, readiness, done)
    assert rounds[1] == "flaky: TryAgain"
    assert await database.pool.fetchval("SELECT max(last) FROM outbox_sequences") == 1


async def test_old_inbox_ids_are_forgotten_and_young_ones_kept(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    await database.pool.execute(
        "INSERT INTO inbox SELECT gen_random_uuid(), now() - make_interval(days => d) FROM unnest($1::int[]) AS d",
        [0, 13, 15, 100],
    )
    (prune, *_) = upkeep.UPKEEP
    assert await run_once(prune, database) == 2
    assert await database.pool.fetchval("SELECT count(*) FROM inbox") == 2


async def test_an_outbox_that_does_not_drain_makes_the_process_not_ready(open_database: OpenDatabase) -> None:
    database, readiness = await open_database("shared"), Readiness()
    async with database.unit_of_work() as work:
        work.announce(ApplicationWithdrawn(application_id=new_id(), reason="test"), case=None)
    await upkeep.measure(database, readiness)
    assert readiness.parts["outbox"].ready
    await database.pool.execute("UPDATE outbox SET created_at = now() - interval '1 minute'")
    await upkeep.measure(database, readiness)
    assert re.search(r"has waited for 6\d seconds", readiness.parts["outbox"].reason)


async def test_a_failed_task_is_tried_again_soon_and_not_only_at_its_next_hour(open_database: OpenDatabase) -> None:
    database, done, readiness = await open_database("shared"), asyncio.Event(), Readiness()
    tries: list[int] = []

    async def fail_first(work: UnitOfWork) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise TryAgain("the database was away for a moment")
        done.set()
        return 0

    await run_until_done(Due("rare", HOURLY, fail_first), database, readiness, done)
    assert len(tries) == 2
