"""A Kafka client that gets no answer of its group any more is replaced, and what was done is acknowledged after all."""

from uuid import UUID, uuid4

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.partitioner import DefaultPartitioner

from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import PARTITIONS
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import Hearing, announce, relay_for, running, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

SESSION = 6.0  # seconds; Kafka allows no shorter one


async def test_a_client_that_no_longer_learns_where_its_group_is_is_replaced(
    open_database: OpenDatabase,
    servers: EmbeddedServers,
    kafka: KafkaSettings,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its task for that has ended, as by a defect. Messages come and take effect, so nothing seems to be wrong."""
    announcing, case = await open_database("shared"), uuid4()
    hearing.consumer.session = SESSION

    async def heard(times: int) -> None:
        async def so_many() -> bool:
            return len(await hearing.heard(case)) == times

        await until(so_many)

    async def all_acknowledged() -> bool:
        return await is_acknowledged(kafka, hearing.consumer.group, case)

    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        await announce(announcing, case, 1)
        await heard(1)
        member = hearing.consumer._member
        assert member is not None
        lose_the_group(before := member.kafka, monkeypatch)
        await announce(announcing, case, 4)
        await heard(5)
        await until(all_acknowledged)
        assert member.kafka is not before
        assert before._fetcher._fetch_task.done()  # nothing of it is left behind
    assert await hearing.heard(case) == [1, 2, 3, 4, 5]


def lose_the_group(client: AIOKafkaConsumer, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has to look for its group, is not told at once, and will not learn of any change."""

    async def not_now(*_: object) -> None:
        raise GroupCoordinatorNotAvailableError

    client._client._sync_task.cancel()
    monkeypatch.setattr(client._client, "coordinator_lookup", not_now)
    client._coordinator.coordinator_dead()


async def is_acknowledged(kafka: KafkaSettings, group: str, case: UUID) -> bool:
    """Whether the group has acknowledged all that is in the partition of this case."""
    numbers = list(range(PARTITIONS))
    place = TopicPartition("intake.applications", DefaultPartitioner()(str(case).encode(), numbers, numbers))
    admin, reader = (make(bootstrap_servers=kafka.bootstrap) for make in (AIOKafkaAdminClient, AIOKafkaConsumer))
    await admin.start()
    try:
        async with reader:
            ends = await reader.end_offsets([place])
        done = await admin.list_consumer_group_offsets(group)
    finally:
        await admin.close()
    return place in done and bool(done[place].offset == ends[place])
