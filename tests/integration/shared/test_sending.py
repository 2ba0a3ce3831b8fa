"""The relay's producer on a real Kafka: what has failed is overtaken by nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.postgres.outbox import Waiting
from shared.streaming.refusals import TooLarge
from shared.streaming.sending import Answer, producing, send
from shared.streaming.settings import KafkaSettings

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]

LIMIT = 10_000
TRIES = 10


async def test_nothing_overtakes_a_refused_message_while_the_sender_is_woken_for_others(kafka: KafkaSettings) -> None:
    """A sender that is woken in the very moment of the refusal could take the next message before it is stopped, and
    the broker, which knows nothing of this producer in the partition, would take that for its first.
    """
    async with two_topics(kafka) as (narrow, beside):
        rows = [Waiting(n, narrow, "one", {}, b"x" * size) for n, size in enumerate([2 * LIMIT, 10, 10])]
        for _ in range(TRIES):
            answers: list[Answer] = []
            async with producing(kafka, 1) as producer, waking(producer, beside):
                with pytest.raises(TooLarge):
                    await send(producer, rows, answers)
        place = TopicPartition(narrow, 0)
        async with AIOKafkaConsumer(bootstrap_servers=kafka.bootstrap) as reader:
            assert (await reader.end_offsets([place]))[place] == 0


@asynccontextmanager
async def two_topics(kafka: KafkaSettings) -> AsyncIterator[tuple[str, str]]:
    """A topic that refuses messages of more than LIMIT bytes, and one that does not."""
    narrow, beside = f"narrow-{uuid4().hex}", f"beside-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        limit = {"max.message.bytes": str(LIMIT)}
        await admin.create_topics([NewTopic(narrow, 1, 1, topic_configs=limit), NewTopic(beside, 1, 1)])
        yield narrow, beside
        await admin.delete_topics([narrow, beside])
    finally:
        await admin.close()


@asynccontextmanager
async def waking(producer: AIOKafkaProducer, topic: str) -> AsyncIterator[None]:
    """Messages to another topic, one in every turn of the loop: each finds a full batch and wakes the sender."""
    sent: list[asyncio.Task[object]] = []

    async def talk() -> None:
        while True:
            sent.append(asyncio.create_task(producer.send(topic, b"x")))
            await asyncio.sleep(0)

    talking = asyncio.create_task(talk())
    try:
        yield
    finally:
        for task in (talking, *sent):
            task.cancel()
        await asyncio.gather(talking, *sent, return_exceptions=True)
