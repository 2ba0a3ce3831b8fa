"""PostgreSQL goes away in mid-work: killed, stopped in order, or with a COMMIT on the way."""

import random
from asyncio import to_thread

import pytest

from tests.chaos.driver import some_facts, writing
from tests.chaos.proxy import Cut, Proxy
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

EVENTS = 400


async def test_postgres_is_killed_under_load_and_comes_back(stage: Stage) -> None:
    """Breaks when a failed batch is passed over, when the pool or the relay keeps a dead connection, or when a process
    that has lost its database says that it is ready, ends, or does not say so once the database is there again.
    """
    servers, caller = stage.servers, await stage.caller()
    relay, echo = stage.caller_relay(), stage.echo()
    async with caller.talking(stage.applications):
        await stage.more_is_heard()
        await to_thread(servers.kill_postgres)
        await echo.not_ready("PostgreSQL does not answer")
        await relay.not_ready("PostgreSQL does not answer")
        await to_thread(servers.restart_postgres)
        await echo.ready()
        await relay.ready()
        await stage.more_is_heard()
    await stage.at_rest()
    await stage.invariant_holds()


async def test_while_postgres_is_stopped_processes_end_and_start(stage: Stage) -> None:
    """Breaks when a process waits for PostgreSQL at its end, when it ends because PostgreSQL is away at its start, or
    when it acknowledges what it could not store.
    """
    servers, caller = stage.servers, await stage.caller()
    relay, echo = stage.caller_relay(), stage.echo()
    async with caller.talking(stage.applications):
        await stage.more_is_heard()
        await to_thread(servers.stop_postgres)
        await echo.not_ready("react: ")
        assert [await process.stop(30) for process in (relay, echo)] == [0, 0]
        relay, echo = stage.caller_relay(), stage.echo()
        await echo.not_ready("migrations: PostgreSQL can't be reached")
        await relay.not_ready("migrations: PostgreSQL can't be reached")
        await to_thread(servers.restart_postgres)
        await echo.ready()
        await relay.ready()
        await stage.more_is_heard()
    await stage.at_rest()
    await stage.invariant_holds()


@pytest.mark.parametrize("cut", list(Cut))
async def test_a_commit_in_doubt_is_neither_lost_nor_doubled(stage: Stage, cut: Cut) -> None:
    """Breaks without an inbox: the program sees the same broken connection whether its COMMIT was executed or not, and
    must try the batch again in both cases.
    """
    async with (
        writing(stage.servers.kafka_bootstrap) as writer,
        Proxy(stage.servers.postgres_port, cut).running() as proxy,
    ):
        facts = some_facts(random.Random(cut), stage.applications, EVENTS)
        await writer.write([writer.record(fact) for fact in facts])
        echo = stage.echo(postgres_port=proxy.port)
        await stage.at_rest()
        assert proxy.left == 0
        counts = await stage.invariant_holds()
        assert counts.unique_in == EVENTS
        assert await echo.stop() == 0
