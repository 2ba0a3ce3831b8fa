"""What lies on the topics of running services."""

import asyncio
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.events.catalogue import PARTITIONS, topics
from shared.events.envelope import Envelope, open_envelope, peek
from tests.e2e.services import RunningServices

READ_WITHIN = 60.0


def events_on(services: RunningServices, *names: str) -> list[Envelope]:
    """Every event on these topics, or on all of them; those of one aggregate in their order."""
    return [open_envelope(peek(record.headers), record.value) for record in messages_on(services, *names)]


def messages_on(services: RunningServices, *names: str) -> list[ConsumerRecord]:
    """The same, as Kafka has them."""
    return asyncio.run(asyncio.wait_for(_read(services.servers.kafka_bootstrap, names or topics()), READ_WITHIN))


async def _read(bootstrap: str, names: Iterable[str]) -> list[ConsumerRecord]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=None, enable_auto_commit=False)
    await consumer.start()
    try:
        parts = [TopicPartition(name, part) for name in names for part in range(PARTITIONS)]
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        left = {part: end for part, end in (await consumer.end_offsets(parts)).items() if end}
        found: list[ConsumerRecord] = []
        while left:
            for part, records in (await consumer.getmany(*left, timeout_ms=200)).items():
                found += records
                if records[-1].offset + 1 >= left[part]:
                    del left[part]
        return found
    finally:
        await consumer.stop()
