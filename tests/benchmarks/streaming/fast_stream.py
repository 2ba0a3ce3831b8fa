"""The peer FastStream: a subscriber that gets one event at a time.

Its settings are the fastest that lose nothing:

- `AckPolicy.NACK_ON_ERROR`: an event is acknowledged when its handler has returned, thus after its transaction. After
  an exception the consumer goes back to the event. `ACK` and `REJECT_ON_ERROR` would commit past it; `ACK_FIRST`, which
  is the default, commits before it is handled at all.
- `max_workers`: a consumer of its own for each worker, so a partition's events stay in order and no acknowledgement
  runs ahead of another worker's event. Their transactions overlap and share their waits for the disk.
- `apply_types=False` and a decoder that hands over the message as it is: nothing is injected and nothing validated, as
  in the loop by hand. `logger=None`: nothing is logged per event.

What was tried to lose an event (not in these benchmarks): four exceptions among 800 events; nothing was lost.

A batch subscriber would be another way to use it; "one by one" is how its handlers are written.
"""

import asyncio
from dataclasses import dataclass
from typing import cast

import asyncpg
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from tests.benchmarks.streaming.effects import commit_one, nothing
from tests.benchmarks.streaming.stage import Stage


@dataclass(slots=True)
class FastStreamPeer:
    """A broker with one subscriber and so many workers."""

    workers: int
    done: int = 0

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        connections = await asyncpg.create_pool(stage.dsn, min_size=self.workers, max_size=self.workers, reset=nothing)
        broker = KafkaBroker(
            stage.kafka.bootstrap, consumer_only=True, apply_types=False, logger=None, decoder=_as_it_is
        )

        async def keep(message: KafkaMessage) -> None:
            async with connections.acquire() as connection:
                record = cast(ConsumerRecord, message.raw_message)  # a tuple of them only in batches
                await commit_one(connection, dict(record.headers), message.body)
            self.done += 1

        broker.subscriber(
            stage.topic,
            group_id=stage.group,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            max_workers=self.workers,
            no_reply=True,
        )(keep)
        await broker.start()
        try:
            await stopping.wait()
        finally:
            await broker.stop()
            await connections.close()


async def _as_it_is(message: KafkaMessage) -> KafkaMessage:
    return message
