"""The bookmark: offsets of what is done, committed a moment later and together.

Offsets only say where the next owner of a partition begins, and the inbox knows what comes twice; so no batch waits for
them. A commit costs this process and the broker about as much as a small batch does, in the very moment in which the
relay has what came of the batch on its way, so it is put off until that is done.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from shared.primitives.waiting import wait_for
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

BEHIND = 0.05  # seconds

Offsets = Mapping[TopicPartition, int]


@dataclass(slots=True)
class Bookmark:
    """What was done by the member of one Kafka client and is not told to Kafka yet.

    A client that gets no answer within so many seconds may wait for one for ever; then `lost` is set, and the bookmark
    tells nothing more.
    """

    kafka: AIOKafkaConsumer
    answers_within: float
    lost: asyncio.Event
    _done: dict[TopicPartition, int] = field(default_factory=dict)
    _committing: asyncio.Task[None] | None = None
    _hurry: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, following: Offsets) -> None:
        """All before these offsets is done; Kafka is told soon. Raises a defect that ended a telling before."""
        self._done |= following
        if self._committing is not None and self._committing.done():
            self._committing.result()  # a defect: nobody else would hear of it
            self._committing = None
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_soon())

    async def noted(self) -> None:
        """Tell Kafka at once, and return when it has answered."""
        if self._committing is not None and not self._committing.done() and not self.lost.is_set():
            self._hurry.set()
            await asyncio.shield(self._committing)  # whoever ends waiting does not end the commit

    async def _commit_soon(self) -> None:
        while self._done and not self.lost.is_set():
            await wait_for(self._hurry, BEHIND)
            offsets, self._done = self._done, {}
            await self.commit(offsets)
        self._hurry.clear()

    async def commit(self, offsets: Offsets) -> None:
        """Commit the offsets of those partitions that are still held. That this fails is told, and harms nobody."""
        mine = self.kafka.assignment()
        try:
            async with asyncio.timeout(self.answers_within):
                if ours := {place: offset for place, offset in offsets.items() if place in mine}:
                    await self.kafka.commit(ours)
        except TimeoutError:
            log.warning("the group does not answer; beginning anew", seconds=self.answers_within)
            self.lost.set()
        except KafkaError as error:
            # A rebalance or a broker that is away: the effects are committed, so the next owner meets duplicates only.
            log.info("offsets not committed; the inbox will know these events", error=error)
