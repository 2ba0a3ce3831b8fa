"""Members that are slow, frozen or twins, and transactions that hold what others need."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from tests.chaos.driver import a_fact
from tests.chaos.echo_service import DEFECTIVE
from tests.chaos.kill_points import KillPoint
from tests.chaos.processes import until
from tests.chaos.stage import NAMELESS, Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

# How long a process stays frozen at least. With 60 nothing is shortened: sessions, locks and transactions expire as
# they do in operation. Without it they expire sooner, and the others' taking over ends the frost.
FREEZE = float(os.environ.get("CHAOS_FREEZE", "0"))
BRIEF_SESSION = {} if FREEZE else {"CHAOS_SESSION": "6", "CHAOS_IDLE_IN_TRANSACTION": "3s"}
BRIEF_LOCK = {} if FREEZE else {"CHAOS_RELAY_IDLE": "2s"}
PATIENCE = 60 + 2 * FREEZE


async def test_a_batch_slower_than_the_poll_interval_is_finished_while_another_takes_over(stage: Stage) -> None:
    """Breaks when a member that was thrown out of its group drops or undoes the batch in work, or when the one that
    takes over does not wait for it: both hold the same events, and one has claimed them and not committed.
    """
    caller, one = await stage.caller(), stage.applications[0]
    stage.caller_relay()
    slow = stage.echo("react", environment=NAMELESS | {"CHAOS_POLL_WITHIN": "2"})
    stage.echo("relay")
    await caller.say_to_all(stage.applications)
    await stage.all_is_heard()
    async with caller.talking(stage.applications), _held(stage.echo_dsn, one):
        await caller.say([a_fact(one)])
        await until("the slow member has left its group in mid-batch", lambda: stage.has_members(0))
        guest = stage.echo("react", environment=NAMELESS)
        await until("another has taken over", lambda: stage.has_members(1))
    await guest.ready()
    await slow.ready()
    await caller.say_to_all(stage.applications)
    await stage.at_rest()
    await stage.invariant_holds()
    assert await stage.has_members(2)


async def test_a_consumer_that_is_frozen_in_mid_transaction_finds_its_work_done_by_others(stage: Stage) -> None:
    """Breaks when its partitions wait for it, when its open transaction keeps what it had claimed from those who have
    taken over, or when it goes on after the frost as if nothing had happened: doubled without an inbox.
    """
    caller = await stage.caller()
    stage.caller_relay()
    at = {"CHAOS_STOP": f"{KillPoint.BEFORE_COMMIT}:3"}
    sleeper = stage.echo("react", environment=NAMELESS | BRIEF_SESSION | at)
    stage.echo("relay")
    async with caller.talking(stage.applications):
        await sleeper.frozen()
        frost = asyncio.create_task(asyncio.sleep(FREEZE))
        other = stage.echo("react", environment=NAMELESS | BRIEF_SESSION)
        await other.ready()
        await caller.say_to_all(stage.applications)
        await stage.all_is_heard(PATIENCE)
        await frost
        sleeper.thaw()
        await sleeper.ready()
        await stage.more_is_heard()
    await stage.at_rest()
    await stage.invariant_holds()


async def test_a_relay_that_is_frozen_in_mid_send_loses_its_lock_and_overtakes_nothing(stage: Stage) -> None:
    """Breaks when the lock lives as long as a process that does nothing (then all wait for it), or when what the frozen
    one still has in hand and sends after the frost is not the copy of what the other has sent, in the same order.
    """
    caller = await stage.caller()
    sleeper = stage.caller_relay(environment={"CHAOS_STOP": f"{KillPoint.MID_SEND}:50"} | BRIEF_LOCK)
    await sleeper.ready()
    successor = stage.caller_relay()
    stage.echo()
    await until("the successor stands by", successor.stands_by)
    async with caller.talking(stage.applications):
        await sleeper.frozen()
        frost = asyncio.create_task(asyncio.sleep(FREEZE))
        await stage.more_is_heard()
        await frost
        sleeper.thaw()
        await until("the sleeper stands by", sleeper.stands_by)
        await stage.more_is_heard()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    # What it had in hand came a second time, unless it has slept for longer than it would wait for Kafka.
    assert FREEZE or counts.messages_in > counts.unique_in


async def test_two_that_use_one_name_do_not_fight_and_the_older_waits(stage: Stage) -> None:
    """Breaks when a member whose name was taken joins again at once: the two throw each other out many times a second,
    or one ends, is started anew by its supervisor and takes the name back. Or when the older, which was holding a
    failed batch back at that moment, is still paused when its turn has come again.
    """
    caller, database, brief = await stage.caller(), await stage.echo_database(), {"CHAOS_SESSION": "6"}
    stage.caller_relay()
    older = stage.echo("react", environment=brief)
    stage.echo("relay")
    await database.pool.execute("INSERT INTO defects VALUES ($1)", DEFECTIVE)
    async with caller.talking(stage.applications):
        await caller.say([a_fact(application_id, DEFECTIVE) for application_id in stage.applications])
        await older.not_ready("LookupError: the batch is tried again")
        younger = stage.echo("react", environment=brief)
        await older.not_ready(f"another process is called {stage.name}-1", "CONNECT_GROUP_INSTANCE_ID")
        await database.pool.execute("DELETE FROM defects")
        await younger.ready()
        await stage.more_is_heard(200)
        assert not (await older.health())[0]
        assert [one.log.read_text().count("partitions assigned") for one in (older, younger)] == [1, 1]
        assert await younger.stop() == 0
        await older.ready()
        await stage.more_is_heard()
    await stage.at_rest()
    await stage.invariant_holds()
    assert older.log.read_text().count("standing by") == 1


async def test_a_transaction_that_is_left_open_holds_up_and_costs_nothing(stage: Stage) -> None:
    """Breaks when a consumer waits for a lock without an end and without a word, when the batch that has waited in vain
    is passed over, or when nobody ever ends a transaction that does nothing.
    """
    caller, one = await stage.caller(), stage.applications[0]
    stage.caller_relay()
    echo = stage.echo(environment={"CHAOS_ANSWER_WITHIN": "1"})
    await caller.say_to_all(stage.applications)
    await stage.all_is_heard()
    async with _held(stage.echo_dsn, one) as holder:
        for _ in range(3):
            await caller.say_to_all(stage.applications)
        await echo.not_ready("TimeoutError: the batch is tried again")
        await holder.execute("SET idle_in_transaction_session_timeout = '1s'")
        await echo.ready()  # the server has ended the other's session
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.heard == 4 * len(stage.applications)


@asynccontextmanager
async def _held(dsn: str, application_id: UUID) -> AsyncIterator[asyncpg.Connection]:
    """Somebody locks a row of the state in a transaction, and then does nothing more, for as long as he likes."""
    connection = await asyncpg.connect(dsn, server_settings={"idle_in_transaction_session_timeout": "0"})
    await connection.execute("BEGIN")
    await connection.fetchval("SELECT heard FROM tallies WHERE application_id = $1 FOR UPDATE", application_id)
    try:
        yield connection
    finally:
        connection.terminate()
