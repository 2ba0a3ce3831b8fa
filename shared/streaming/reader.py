"""The reader: takes batches from Kafka and reads them, one batch ahead of the work.

While the database works on one batch the process has nothing to do; in that time it takes and reads the next one. What
was taken in advance is given back together with the batch that failed, so nothing is passed over.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from shared.streaming.message import Broken, Readable, read, received

POLL_MS = 200
# Messages that are read in one go before the work in hand gets its turn. While fifty are read, an answer of the
# database waits for up to a millisecond, at each statement of a batch: 17,200 events/s, and 22,200 with four.
SLICE = 4

Records = Mapping[TopicPartition, Sequence[ConsumerRecord]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages that were taken together: where they lie and what they say, in order within each partition."""

    first: Mapping[TopicPartition, int]
    following: Mapping[TopicPartition, int]
    items: Sequence[Readable | Broken]


@dataclass(slots=True)
class Reader:
    """What a consumer takes its batches from. `kafka` is subscribed and started by the consumer's `Membership`."""

    kafka: AIOKafkaConsumer
    _ahead: asyncio.Task[Batch] | None = None

    async def next(self, at_most: int) -> Batch:
        """The next messages; none if nothing comes within 200 ms. The batch after them is begun at once."""
        batch = await (self._ahead or self._begin(at_most))
        self._ahead = self._begin(at_most)
        return batch

    async def go_back(self, batch: Batch) -> None:
        """Give back a batch that was not done, and what was taken after it: the next call begins with it again."""
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            # Not cancelled: what Kafka's client has handed over is known only when it is read.
            self._seek((await ahead).first)
        self._seek(batch.first)

    async def close(self) -> None:
        """Take nothing more. What was taken in advance is not acknowledged, so it will be delivered again."""
        if self._ahead is not None:
            self._ahead.cancel()
            await asyncio.gather(self._ahead, return_exceptions=True)

    async def wait_paused(self, seconds: float) -> None:
        """Poll while every partition is paused, so as to stay in the group."""
        records: Records = await self.kafka.getmany(timeout_ms=int(seconds * 1000))
        # A partition that was assigned this moment may deliver before it is paused.
        self._seek({place: taken[0].offset for place, taken in records.items()})

    def _begin(self, at_most: int) -> asyncio.Task[Batch]:
        return asyncio.create_task(self._take(at_most))

    async def _take(self, at_most: int) -> Batch:
        records: Records = await self.kafka.getmany(timeout_ms=POLL_MS, max_records=at_most)
        first = {place: taken[0].offset for place, taken in records.items()}
        following = {place: taken[-1].offset + 1 for place, taken in records.items()}
        items: list[Readable | Broken] = []
        for some in _slices(records):
            items += [read(received(record)) for record in some]
            await asyncio.sleep(0)
        return Batch(first, following, items)

    def _seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        mine = self.kafka.assignment()
        for place, offset in offsets.items():
            if place in mine:
                self.kafka.seek(place, offset)


def _slices(records: Records) -> Iterator[Sequence[ConsumerRecord]]:
    taken = list(chain.from_iterable(records.values()))
    return (taken[start : start + SLICE] for start in range(0, len(taken), SLICE))
