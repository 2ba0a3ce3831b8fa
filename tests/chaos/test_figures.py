"""What alerts look at is there when they should fire, and gone when all is well again."""

from asyncio import to_thread
from uuid import uuid4

import pytest

from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.settlement import Settle
from tests.chaos.driver import a_fact, writing
from tests.chaos.echo_service import FORBIDDEN, SERVICE
from tests.chaos.figures import becomes
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("pressure"),
    pytest.mark.timeout(180),
]

LIMIT = 100  # more dead letters than this within ten minutes halt a consumer
OPERATOR = Actor("operator-1", frozenset({Role.OPERATOR}))


async def test_a_consumer_that_halts_shows_it_until_it_goes_on(stage: Stage) -> None:
    """Breaks when a halt shows in readiness only, or stays in the figures when it is over."""
    echo = stage.echo(environment={"CHAOS_BATCH": "500"})
    await echo.ready()
    async with writing(stage.servers.kafka_bootstrap) as writer:
        await writer.write([writer.record(a_fact(uuid4(), FORBIDDEN)) for _ in range(LIMIT + 10)])
        await becomes(echo, 1, "connect_consumer_halted")
        await becomes(echo, LIMIT, "connect_dead_letters", state="dead")
        await becomes(echo, 0, "connect_ready", at_most=0, part="react")
        database = await stage.echo_database()
        await database.pool.execute("ALTER TABLE heard DROP CONSTRAINT no_forbidden_word")
        for (letter_id,) in await database.pool.fetch("SELECT id FROM dead_letters WHERE state = 'dead'"):
            async with database.unit_of_work(OPERATOR) as work:
                await settlement.replay(work, SERVICE.reactions, Settle(letter_id, "the test has mended it"))
        await becomes(echo, 0, "connect_consumer_halted", at_most=0)
        await becomes(echo, 1, "connect_ready", part="react")
        await becomes(echo, 0, "connect_dead_letters", at_most=0, state="dead")


async def test_an_outbox_that_grows_shows_how_long_and_how_old_it_is(stage: Stage) -> None:
    """Breaks when what waits is not measured by a process other than the relay that is stuck."""
    servers, caller = stage.servers, await stage.caller()
    relay, desk = stage.caller_relay(environment={"CHAOS_ACKNOWLEDGED_WITHIN": "2"}), stage.desk()
    await relay.ready()
    await desk.ready()
    await to_thread(servers.stop_kafka)
    for _ in range(10):
        await caller.say([a_fact(application_id) for application_id in stage.applications])
    await becomes(relay, 0, "connect_ready", at_most=0, part="relay")
    for process in (relay, desk):
        await becomes(process, 240, "connect_outbox_rows")
        await becomes(process, 4, "connect_outbox_oldest_seconds")
    await to_thread(servers.restart_kafka)
    for process in (relay, desk):
        await becomes(process, 0, "connect_outbox_rows", at_most=0)
        await becomes(process, 0, "connect_outbox_oldest_seconds", at_most=0)
