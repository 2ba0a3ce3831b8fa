"""The consumer: takes batches from Kafka, has each processed in one transaction, then commits the offsets.

Offsets are only a bookmark. What makes effects happen once is the inbox, so every doubt (a rebalance in mid-work, a
failed offset commit, a crash) is answered by processing again. A batch that fails is never passed over: the consumer
goes back and tries again, later and later, while it keeps polling so that it stays in its group.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer

from shared.primitives.readiness import Readiness
from shared.primitives.waiting import ending_within
from shared.streaming.batch import BatchProcessor, TooManyDeadLetters
from shared.streaming.bookmark import Offsets
from shared.streaming.member_name import Name
from shared.streaming.membership import PART, Membership
from shared.streaming.reader import POLL_MS, Batch, Reader
from shared.streaming.settings import KafkaSettings
from shared.streaming.trouble import Trouble
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

BATCH = 500
FIRST_BACKOFF, LAST_BACKOFF = 0.1, 30.0
GRACE = 4.0  # seconds that the batch in work gets when the process ends
SESSION = 30.0  # seconds without a heartbeat until the group takes a member for dead
POLL_WITHIN = 300.0  # seconds that one batch may take until the member gives its partitions to others
GIVE_UP_AFTER = 900.0  # seconds of failing at one batch, then the process ends and is started anew


class StuckBatch(Exception):
    """One batch has failed for so long that a fresh process is the next thing to try. Nothing was acknowledged."""


@dataclass(slots=True)
class Consumer:
    """Processes what comes to one member of a service's consumer group."""

    group: str
    topics: Sequence[str]
    settings: KafkaSettings
    processor: BatchProcessor
    readiness: Readiness
    batch_size: int = BATCH
    # Set only where the deployment gives each member a stable name. A static member that comes back, even after a
    # kill, has its partitions at once; but it does not leave when it closes, and a newcomer waits out its session.
    instance_id: str | None = None
    session: float = SESSION
    patience: float = 0.0  # seconds that an event may wait for others, which spares Kafka an answer to each
    _member: Membership | None = None
    # Held over the transaction, never over getmany: the revoke callback runs beside the loop and waits for it.
    _in_work: asyncio.Lock = field(default_factory=asyncio.Lock)
    _trouble: Trouble = field(default_factory=Trouble)

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set; the batch in work is finished first if that takes seconds, else undone.

        Raises `StuckBatch` after 15 minutes of failing at one batch.
        """
        self.readiness.expect(PART)
        name = Name(self.settings, self.group, self.instance_id, self.topics, self.patience)
        member = Membership(name, self.readiness, self._in_work, self.session, POLL_WITHIN)
        self._member = member

        async def consume(kafka: AIOKafkaConsumer) -> None:
            reader = Reader(kafka)
            try:
                await self._work_through(member, reader, stopping)
            finally:
                await reader.close()

        try:
            async with ending_within(GRACE, stopping):
                await member.work(consume, stopping)
        except TimeoutError:
            if not stopping.is_set():
                raise
            log.warning("the end could not wait; what is not acknowledged will be delivered again")
        finally:
            await member.leave()

    async def lag(self) -> dict[str, int] | None:
        """Events behind our position in each topic, 0 where others have its partitions; None if that can't be told."""
        lags = await self._member.lag() if self._member else None
        return None if lags is None else {topic: lags.get(topic, 0) for topic in self.topics}

    async def _work_through(self, member: Membership, reader: Reader, stopping: asyncio.Event) -> None:
        at_once = self.batch_size
        while not stopping.is_set():
            batch = await reader.next(at_once)
            if not batch.items:
                if self._is_well(member, {}):
                    member.report_idle()
            elif await self._work(batch, member):
                at_once = at_once if self._trouble.is_left else min(at_once * 2, self.batch_size)
            else:
                # Fewer next time: what is too much for one transaction gets through in parts, and a halt at the limit
                # of dead letters leaves as many of them to look at and to settle as the limit allows.
                # As long as there can be fewer, the next try is another one, and comes soon.
                self._trouble.slowed += at_once == 1
                at_once = max(at_once // 2, 1)
                await reader.go_back(batch)
                await self._hold_back(member, reader, stopping)

    async def _work(self, batch: Batch, member: Membership) -> bool:
        """Process one batch and note its offsets; returns whether its effects are committed."""
        # Also one whose partitions were revoked since: to drop it is safe only while every owner begins at the
        # committed offsets; to process it is safe always, since the inbox knows what another has done.
        async with self._in_work:
            try:
                with metrics.CONSUMER_BATCH_SECONDS.labels(self.group).time():
                    await self.processor.apply(batch.items)
            except Exception as error:  # noqa: BLE001  whatever it was, the batch stays undone and is tried again
                self._failed(batch, error)
                return False
            member.bookmark.note(batch.following)
        metrics.CONSUMER_BATCH_EVENTS.labels(self.group).observe(len(batch.items))
        if self._is_well(member, batch.following):
            self.readiness.ready(PART, lag=member.lag_in_all)
        return True

    def _is_well(self, member: Membership, following: Offsets) -> bool:
        """Whether every batch that failed is got past by now, or lies in a partition that is another member's."""
        self._trouble.got_past(following, member.kafka.assignment())
        if self._trouble.is_left:
            return False
        metrics.CONSUMER_HALTED.labels(self.group).set(0)
        return True

    def _failed(self, batch: Batch, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        self._trouble.met(batch.following, now)
        halted = isinstance(error, TooManyDeadLetters)
        reason = str(error) if halted else f"{type(error).__name__}: the batch is tried again"
        self.readiness.not_ready(PART, reason)
        log.error("batch failed; nothing was acknowledged", exc_info=error)
        metrics.CONSUMER_HALTED.labels(self.group).set(halted)
        if not halted and self._trouble.lasts(now) > GIVE_UP_AFTER:
            raise StuckBatch(f"one batch has failed for {GIVE_UP_AFTER:.0f} seconds") from error

    async def _hold_back(self, member: Membership, reader: Reader, stopping: asyncio.Event) -> None:
        """Wait, polling with everything paused so as to stay in the group."""
        loop = asyncio.get_running_loop()
        longest = min(FIRST_BACKOFF * 2 ** min(self._trouble.slowed, 10), LAST_BACKOFF)
        wait = longest * random.uniform(0.5, 1.0)  # noqa: S311  jitter, not a secret
        metrics.CONSUMER_BACKOFF.labels(self.group).set(wait)
        member.hold_back()
        until = loop.time() + wait
        while (left := until - loop.time()) > 0 and not stopping.is_set():
            await reader.wait_paused(min(left, POLL_MS / 1000))
        member.go_on()
        metrics.CONSUMER_BACKOFF.labels(self.group).set(0)
