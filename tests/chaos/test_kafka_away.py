"""Kafka goes away in mid-work and is away at the start."""

from asyncio import to_thread

import pytest

from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]


async def test_kafka_is_killed_under_load_and_comes_back(stage: Stage) -> None:
    """Breaks when the relay deletes before Kafka has acknowledged, when it goes on with a producer that has lost its
    place, when offsets that could not be committed stop the consumer, or when a process without a broker says that it
    is ready, or does not say so once the broker is there again. The caller's relay gives a producer up after a second,
    so it goes through several; the echo's relay keeps its own.
    """
    servers, caller = stage.servers, await stage.caller()
    relay, echo = stage.caller_relay(environment={"CHAOS_ACKNOWLEDGED_WITHIN": "1"}), stage.echo()
    async with caller.talking(stage.applications):
        await stage.more_is_heard()
        await to_thread(servers.kill_kafka)
        await echo.not_ready("react: ")
        await relay.not_ready("relay: ")
        await to_thread(servers.restart_kafka)
        await echo.ready()
        await relay.ready()
        await stage.more_is_heard()
    await caller.say_to_all(stage.applications)
    await stage.at_rest()
    await stage.invariant_holds()


async def test_while_kafka_is_stopped_processes_end_and_start(stage: Stage) -> None:
    """Breaks when a process waits for Kafka at its end (for a flush, or for leaving its group), when it ends because
    Kafka is away at its start, or when what was said meanwhile is lost.
    """
    servers, caller = stage.servers, await stage.caller()
    relay, echo = stage.caller_relay(), stage.echo()
    async with caller.talking(stage.applications):
        await stage.more_is_heard()
        await to_thread(servers.stop_kafka)
        await relay.not_ready("relay: ")
        assert [await process.stop(30) for process in (relay, echo)] == [0, 0]
        relay, echo = stage.caller_relay(), stage.echo()
        await echo.not_ready("react: Kafka can't be reached")
        await relay.not_ready("relay: ")
    await to_thread(servers.restart_kafka)
    await echo.ready()
    await relay.ready()
    await caller.say_to_all(stage.applications)
    await stage.at_rest()
    await stage.invariant_holds()
