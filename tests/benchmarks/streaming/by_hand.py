"""The peers: loops written by hand for this one job, without any of our code, as fast as we could make them.

They keep the promises that the job needs (effects in one transaction, offsets afterwards; acknowledged, then deleted)
and leave out what a service needs besides: validation against a schema, dead letters, parked keys, traces, metrics,
readiness, a way back after a failure.
"""

import asyncio
from dataclasses import dataclass

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.benchmarks.streaming import material
from tests.benchmarks.streaming.effects import commit_batch
from tests.benchmarks.streaming.stage import Stage

BATCH = 500


@dataclass(slots=True)
class ByHand:
    """A loop of aiokafka's getmany and asyncpg. `set_based`: state in one statement a batch, or in one an event.

    `known`: whether events that the inbox knows are counted as done, or those that it does not.
    """

    set_based: bool
    known: bool = False
    done: int = 0

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        consumer = AIOKafkaConsumer(
            stage.topic,
            **stage.kafka.client_options(),
            group_id=stage.group,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
        )
        connection = await asyncpg.connect(stage.dsn)
        await consumer.start()
        try:
            while not stopping.is_set():
                batch = await consumer.getmany(timeout_ms=200, max_records=BATCH)
                if not batch:
                    continue
                delivered = [(dict(record.headers), record.value) for taken in batch.values() for record in taken]
                new = await commit_batch(connection, delivered, set_based=self.set_based)
                self.done += len(delivered) - new if self.known else new
                await consumer.commit({place: taken[-1].offset + 1 for place, taken in batch.items()})
        finally:
            await consumer.stop()
            await connection.close()


async def relay(stage: Stage, stopping: asyncio.Event) -> None:
    """Ordered select, idempotent send, delete, until `stopping` is set."""
    connection = await asyncpg.connect(stage.dsn)
    producer = AIOKafkaProducer(
        **stage.kafka.client_options(), enable_idempotence=True, acks="all", max_batch_size=131_072
    )
    await producer.start()
    try:
        while not stopping.is_set():
            rows = await connection.fetch(material.OLDEST, BATCH)
            if not rows:
                await asyncio.sleep(0.005)
                continue
            sent = [await producer.send(row[1], row[4], key=row[2].encode(), headers=_encoded(row[3])) for row in rows]
            await asyncio.gather(*sent)
            await connection.execute(material.DELETE, [row[0] for row in rows])
    finally:
        await producer.stop()
        await connection.close()


def _encoded(headers: str) -> list[tuple[str, bytes]]:
    return [(name, value.encode()) for name, value in orjson.loads(headers).items()]
