"""kill -9 at every place where the guarantees could have a hole, and at random ones."""

import os
import random
import signal

import asyncpg
import pytest

from tests.chaos.driver import a_fact, some_facts, writing
from tests.chaos.kill_points import KillPoint
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

EVENTS = 240
# How often processes die at random, and which places chance finds; both can be set for a longer run.
DEATHS = int(os.environ.get("CHAOS_DEATHS", "6"))
SEED = os.environ.get("CHAOS_SEED", "1")


@pytest.mark.parametrize("point", list(KillPoint))
async def test_a_death_at_any_point_loses_doubles_and_reorders_nothing(stage: Stage, point: KillPoint) -> None:
    """Breaks when claim, state and outbox are not one transaction, when offsets are committed before it, when there is
    no inbox (what was committed and not acknowledged comes again), or when the relay deletes what Kafka has not got.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        facts = some_facts(random.Random(point), stage.applications, EVENTS)
        await writer.write([writer.record(fact) for fact in facts])
    assert await stage.echo(kill=(point, 2)).death() == -signal.SIGKILL
    stage.echo()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in == EVENTS
    if point is KillPoint.BEFORE_DELETE:
        assert counts.messages_out > EVENTS  # what Kafka had acknowledged was sent again, with the same ids


async def test_deaths_at_random_moments_lose_double_and_reorder_nothing(stage: Stage) -> None:
    """Breaks as the deaths at chosen points do, and when two transactions that announce about one aggregate, or a relay
    and its successor, can get in each other's way: consumer and relay are processes of their own, the caller speaks
    with three voices about the same applications, and the dead come back while the others work.
    """
    rng = random.Random(SEED)
    caller, relay = await stage.caller(), stage.caller_relay()
    roles = {role: stage.echo(role) for role in ("react", "relay")}
    async with caller.talking(stage.applications, seed=rng.randrange(2**32)):
        for _ in range(DEATHS):
            await stage.more_is_heard(rng.randint(1, 200))
            role = rng.choice(["react", "relay", "caller"])
            if role == "caller":
                await relay.kill()
                relay = stage.caller_relay()
            else:
                await roles[role].kill()
                roles[role] = stage.echo(role)
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in > DEATHS


async def test_rows_that_fill_the_place_of_deleted_ones_do_not_overtake(stage: Stage) -> None:
    """Breaks when the relay reads the outbox without ORDER BY: after a vacuum PostgreSQL writes new rows into the
    places of deleted ones, before the rows that wait, and an unordered SELECT finds them first.
    """
    caller = await stage.caller()
    for _ in range(30):
        await caller.say([a_fact(application_id) for application_id in stage.applications])
    assert await stage.caller_relay(kill=(KillPoint.BEFORE_DELETE, 20)).death() == -signal.SIGKILL
    connection = await asyncpg.connect(stage.caller_dsn)
    await connection.execute("VACUUM outbox")
    assert await connection.fetchval("SELECT count(*) FROM outbox") > 0
    await caller.say([a_fact(application_id) for application_id in stage.applications])
    first = await connection.fetchval("SELECT position FROM outbox LIMIT 1")
    assert first > await connection.fetchval("SELECT min(position) FROM outbox")  # the newcomers lie in front
    await connection.close()
    stage.caller_relay()
    stage.echo()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in == 31 * len(stage.applications)
