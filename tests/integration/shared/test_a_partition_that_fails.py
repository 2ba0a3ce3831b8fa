"""A partition that fails while others flow, on a real Kafka."""

import asyncio
from uuid import UUID, uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.streaming import consumer
from shared.streaming.consumer import StuckBatch
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import Hearing, announce, flowing, relay_for, running, until, until_sent


async def test_what_flows_elsewhere_does_not_hide_a_partition_that_fails(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    """Breaks when a success in another partition ends the failure: ready again, and tried again ten times a second."""
    announcing, cases = await open_database("shared"), [uuid4() for _ in range(12)]  # on more than one partition
    hearing.defective = mended = uuid4()
    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        async with flowing(announcing, cases):
            await announce(announcing, mended, 3)
            await until_later_and_later(hearing)
        await mend_and_hear(hearing, mended, 3)


async def test_the_half_of_a_batch_that_is_done_does_not_hide_the_half_that_fails(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    """Breaks when a failure ends where its batch began: with fewer at once, what lies before the defect is done."""
    announcing = await open_database("shared")
    mended, last = uuid4(), 40
    hearing.defective, hearing.defective_from = mended, last
    async with running(await relay_for(announcing, servers, kafka)):
        await announce(announcing, mended, last)
        await until_sent(announcing)
        async with running(hearing.consumer):
            await until_later_and_later(hearing)
            await mend_and_hear(hearing, mended, last)


async def until_later_and_later(hearing: Hearing) -> None:
    """Wait for tries that are far apart; meanwhile whatever was heard was heard by a consumer that is not ready."""
    names = ("connect_consumer_backoff_seconds", {"service": hearing.consumer.group})

    async def later_and_later() -> bool:
        assert set(hearing.said_beside) <= {"LookupError: the batch is tried again"}
        return (metrics.REGISTRY.get_sample_value(*names) or 0) > 0.8

    await until(later_and_later)
    assert hearing.said_beside


async def mend_and_hear(hearing: Hearing, mended: UUID, times: int) -> None:
    """Take the defect away; all is heard in order then, and the consumer is ready."""
    hearing.defective = None

    async def all_heard() -> bool:
        return await hearing.heard(mended) == list(range(1, times + 1)) and hearing.readiness.is_ready

    await until(all_heard)


async def test_a_partition_that_fails_for_long_ends_the_process_whatever_flows_elsewhere(
    open_database: OpenDatabase,
    servers: EmbeddedServers,
    kafka: KafkaSettings,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Breaks when the time of failing begins anew with every success elsewhere."""
    monkeypatch.setattr(consumer, "GIVE_UP_AFTER", 2.0)
    announcing, cases = await open_database("shared"), [uuid4() for _ in range(12)]
    hearing.defective = uuid4()
    async with running(await relay_for(announcing, servers, kafka)), flowing(announcing, cases):
        await announce(announcing, hearing.defective, 1)
        with pytest.raises(StuckBatch):
            await asyncio.wait_for(hearing.consumer.run(asyncio.Event()), 30)
