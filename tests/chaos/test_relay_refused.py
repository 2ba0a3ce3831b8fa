"""What Kafka refuses to take from a relay, and a relay that loses its lock with a batch half handed over."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.events.intake import ApplicationRejected
from tests.chaos.driver import Writer, a_fact
from tests.chaos.evidence import IN
from tests.chaos.kill_points import KillPoint
from tests.chaos.processes import Running, until
from tests.chaos.sequences import OutOfStep, put_out_of_step
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

COPIES = 50  # more than the relay may have under way, so that none of its numbers fits by chance
LARGE, LIMIT, FETCH = 110_000, 100_000, 1_048_576  # a large one can share a batch of 128 KiB with a small one


@pytest.mark.parametrize("how", list(OutOfStep))
async def test_a_producer_that_has_lost_its_place_is_replaced(stage: Stage, how: OutOfStep) -> None:
    """Breaks when the relay goes on with a producer that the broker refuses, when what was refused counts as sent, or
    when the relay's producer is not idempotent (then there is no number that could be missing).
    """
    caller, relay = await stage.caller(), stage.caller_relay()
    stage.echo()
    await caller.say_to_all(stage.applications)
    await stage.at_rest()
    kafka = stage.servers.folder / "kafka"
    copies = await put_out_of_step(stage.servers.kafka_bootstrap, kafka, stage.since, how, COPIES)
    for _ in range(5):
        await caller.say_to_all(stage.applications)
    await stage.at_rest()
    await relay.ready()
    told = relay.log.read_text().splitlines()
    assert any('"relay interrupted"' in line and f'"error":"{how}' in line for line in told)
    counts = await stage.invariant_holds()
    assert (counts.unique_in, counts.messages_in >= counts.unique_in + copies) == (6 * len(stage.applications), True)


async def test_a_message_over_the_topics_limit_is_named_and_waits_with_all_that_is_behind_it(stage: Stage) -> None:
    """Breaks when a producer goes on after a refusal (a broker that does not know it yet takes the second message for
    its first), when what was accepted beside the large one is sent again at every try, when small messages are refused
    with it since they shared its batch, when readiness does not name the remedy, or when it takes more than the remedy.

    Everything waits, of other aggregates too: the order of the outbox is all that the relay knows, and it is a setting
    that must be mended, not an event.
    """
    caller, (one, *others) = await stage.caller(), stage.applications
    for _ in range(3):
        await caller.say([a_fact(one), a_large_fact(one), a_fact(one)])
        await caller.say_to_all(others)
    stage.echo()
    async with _limit(stage, LIMIT):
        relay = stage.caller_relay()
        await relay.not_ready(f"the topic {IN} refuses a message of 11", "(outbox row 2): raise its max.message.bytes")
        await until("what was before it is sent", lambda: _first_in_line(stage, 2))
        # Each time by a new producer, of which the broker knows nothing in this partition.
        await until("it is tried again and again", lambda: _is_told(relay, "(outbox row 2)", 5))
    await relay.ready()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in == 3 * (len(others) + 3)
    assert counts.messages_in == counts.unique_in  # what was accepted was sent once


async def test_a_message_larger_than_what_is_fetched_at_once_is_heard(stage: Stage) -> None:
    """Breaks when a consumer can take no more at once than its fetch size: it would stand before it for ever."""
    async with (
        _limit(stage, 4 * FETCH),
        AIOKafkaProducer(bootstrap_servers=stage.servers.kafka_bootstrap, max_request_size=4 * FETCH) as producer,
    ):
        writer, one = Writer(producer), stage.applications[0]
        facts = [a_fact(one), a_large_fact(one, 2 * FETCH), a_fact(one)]
        await writer.write([writer.record(fact) for fact in facts])
        stage.echo()
        await stage.at_rest()
    assert (await stage.invariant_holds()).heard == 3


async def test_a_relay_that_loses_its_lock_with_a_batch_half_handed_over_doubles_and_overtakes_nothing(
    stage: Stage,
) -> None:
    """Breaks when what a relay still sends after its session has ended is not the copy of what its successor sends, in
    the same order, or when it then deletes rows that are no longer its own to delete.
    """
    caller = await stage.caller()
    loser = stage.caller_relay(environment={"CHAOS_STOP": f"{KillPoint.MID_SEND}:50"})
    await loser.ready()
    successor = stage.caller_relay()
    stage.echo()
    await until("the successor stands by", successor.stands_by)
    async with caller.talking(stage.applications):
        await loser.frozen()
        await until("its session is ended", stage.cut_off_relay)
        await stage.more_is_heard()
        loser.thaw()
        await until("the loser stands by", loser.stands_by)
        await stage.more_is_heard()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.messages_in > counts.unique_in


def a_large_fact(application_id: UUID, size: int = LARGE) -> ApplicationRejected:
    return ApplicationRejected(application_id=application_id, codes=("a" * 80,) * (size // 80))


@asynccontextmanager
async def _limit(stage: Stage, number: int) -> AsyncIterator[None]:
    """The topic's largest message, for as long as the block lasts."""
    admin = AIOKafkaAdminClient(bootstrap_servers=stage.servers.kafka_bootstrap)
    await admin.start()
    try:
        await _alter(admin, number)
        yield
    finally:
        await _alter(admin, FETCH)
        await admin.close()


async def _alter(admin: AIOKafkaAdminClient, number: int) -> None:
    await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, IN, {"max.message.bytes": str(number)})])


async def _is_told(relay: Running, words: str, times: int) -> bool:
    return relay.log.read_text().count(words) >= times


async def _first_in_line(stage: Stage, position: int) -> bool:
    connection = await asyncpg.connect(stage.caller_dsn)
    try:
        return bool(await connection.fetchval("SELECT min(position) = $1 FROM outbox", position))
    finally:
        await connection.close()
