"""The consumer: takes batches from Kafka, has each processed in one transaction, then commits the offsets.

Offsets are only a bookmark. What makes effects happen once is the inbox, so every doubt (a rebalance in mid-work, a
failed offset commit, a crash) is answered by processing again. A batch that fails is never passed over: the consumer
goes back and tries again, later and later, while it keeps polling so that it stays in its group.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError

from shared.primitives.readiness import Readiness
from shared.primitives.waiting import ending_within, wait_for
from shared.streaming.batch import BatchProcessor, TooManyDeadLetters
from shared.streaming.membership import ASK_EVERY, Name, give_up_place, member_id
from shared.streaming.reader import POLL_MS, Batch, Reader
from shared.streaming.refusals import explain
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "react"
BATCH = 500
FIRST_BACKOFF, LAST_BACKOFF = 0.1, 30.0
KNOCK_EVERY = 5.0  # at most, while Kafka is away at the start
ASK_TIMEOUT = 5.0
GRACE = 4.0  # seconds that the batch in work gets when the process ends
LEAVE_WITHIN = 4.0  # seconds
SESSION = 30.0  # seconds without a heartbeat until the group takes a member for dead
POLL_WITHIN = 300.0  # seconds that one batch may take until the member gives its partitions to others
GIVE_UP_AFTER = 900.0  # seconds of failing at one batch, then the process ends and is started anew


class StuckBatch(Exception):
    """One batch has failed for so long that a fresh process is the next thing to try. Nothing was acknowledged."""


@dataclass(slots=True)
class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no type hints
    """One member of a service's consumer group."""

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
    _kafka: AIOKafkaConsumer | None = None
    # Held over the transaction, never over getmany: the revoke callback runs beside the loop and waits for it.
    _in_work: asyncio.Lock = field(default_factory=asyncio.Lock)
    # The offsets of the last batch on their way: a bookmark, so the next batch does not wait for it.
    _noting: asyncio.Task[None] | None = None
    _holding_back: bool = False
    _failing_since: float | None = None
    _unreachable: str | None = None
    _lag: int = 0
    _member_id: str = ""  # the last that the group gave us
    _name_lost: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set; the batch in work is finished first if that takes seconds, else undone.

        Raises `StuckBatch` after 15 minutes of failing at one batch.
        """
        self.readiness.expect(PART)
        try:
            async with ending_within(GRACE, stopping):
                while not stopping.is_set():
                    await self._be_a_member(stopping)
        except TimeoutError:
            if not stopping.is_set():
                raise
            log.warning("the end could not wait; what is not acknowledged will be delivered again")
        finally:
            await self._stop()

    async def _be_a_member(self, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set or the place in the group is lost; return when it is worth joining again."""
        self._holding_back = False  # the place may have been lost in the middle of it
        try:
            async with ending_within(0, self._name_lost):
                await self._consume(stopping)
                return
        except TimeoutError:
            if not self._name_lost.is_set():
                raise
            self._name_lost.clear()
            await give_up_place(self._kafka_consumer)
        except KafkaError as error:  # refused by the group or by a topic: an operator can mend it while we wait
            await self._tell("place in the group lost", error, ASK_EVERY)
        await self._stop()
        await wait_for(stopping, ASK_EVERY)
        if await self._name.is_taken(self._member_id):
            log.error("standing by", reason=str(self._name))
            self.readiness.not_ready(PART, str(self._name))
            await self._name.until_free(self._member_id, stopping)

    @property
    def _name(self) -> Name:
        return Name(self.settings, self.group, self.instance_id, self.topics)

    async def _consume(self, stopping: asyncio.Event) -> None:
        if not await self._start(stopping):
            return
        reader = Reader(self._kafka_consumer)
        try:
            await self._work_through(reader, stopping)
        finally:
            await reader.close()

    async def _work_through(self, reader: Reader, stopping: asyncio.Event) -> None:
        failures, at_once = 0, self.batch_size
        while not stopping.is_set():
            batch = await reader.next(at_once)
            if not batch.items:
                self._report_idle()
            elif await self._work(batch):
                failures, at_once = 0, min(at_once * 2, self.batch_size)
            else:
                # Fewer next time: what is too much for one transaction gets through in parts, and a halt at the limit
                # of dead letters leaves as many of them to look at and to settle as the limit allows.
                failures, at_once = failures + 1, max(at_once // 2, 1)
                await reader.go_back(batch)
                await self._hold_back(reader, failures, stopping)

    @property
    def _kafka_consumer(self) -> AIOKafkaConsumer:
        assert self._kafka is not None
        return self._kafka

    async def _start(self, stopping: asyncio.Event) -> bool:
        """Join the group; while Kafka is away, keep trying. False if `stopping` was set before."""
        wait = FIRST_BACKOFF
        while True:
            self._kafka = self._name.client(self.session, POLL_WITHIN)
            self._kafka.subscribe(list(self.topics), listener=self)
            try:
                await self._kafka.start()
                return True
            except (KafkaError, OSError) as error:
                await self._kafka.stop()
                await self._tell("kafka is away", error, wait)
                if await wait_for(stopping, wait):
                    return False
                wait = min(wait * 2, KNOCK_EVERY)

    async def _tell(self, what: str, error: Exception, wait: float) -> None:
        reason = await explain(error, self.settings, wish="read")
        self.readiness.not_ready(PART, reason)
        log.warning(what, bootstrap=self.settings.bootstrap, reason=reason, error=error, again_in_seconds=wait)

    async def _stop(self) -> None:
        """Leave the group. A broker that hangs gets some seconds; it then finds out by the session's end."""
        if self._kafka is None:
            return
        try:
            async with asyncio.timeout(LEAVE_WITHIN):
                await self._noted()
                await self._kafka.stop()
        except TimeoutError:
            log.warning("left the group without the broker's answer")
        self._kafka = None

    async def _work(self, batch: Batch) -> bool:
        """Process one batch and begin to commit its offsets; returns whether its effects are committed."""
        async with self._in_work:
            try:
                with metrics.CONSUMER_BATCH_SECONDS.labels(self.group).time():
                    await self.processor.apply(batch.items)
            except Exception as error:  # noqa: BLE001  whatever it was, the batch stays undone and is tried again
                self._failed(error)
                return False
            await self._noted()
            self._noting = asyncio.create_task(self._commit(batch))
        metrics.CONSUMER_BATCH_EVENTS.labels(self.group).observe(len(batch.items))
        self._failing_since = None
        metrics.CONSUMER_HALTED.labels(self.group).set(0)
        self.readiness.ready(PART, lag=self._lag)
        return True

    async def _noted(self) -> None:
        if self._noting is not None:
            await asyncio.shield(self._noting)  # whoever ends waiting does not end the commit

    async def _commit(self, batch: Batch) -> None:
        mine = self._kafka_consumer.assignment()
        offsets = {place: offset for place, offset in batch.following.items() if place in mine}
        try:
            if offsets:
                await self._kafka_consumer.commit(offsets)
        except KafkaError as error:
            # A rebalance or a broker that is away: the effects are committed, so the next owner meets duplicates only.
            log.info("offsets not committed; the inbox will know these events", error=error)

    def _failed(self, error: Exception) -> None:
        now = asyncio.get_running_loop().time()
        self._failing_since = self._failing_since or now
        reason = (
            str(error) if isinstance(error, TooManyDeadLetters) else f"{type(error).__name__}: the batch is tried again"
        )
        self.readiness.not_ready(PART, reason)
        log.error("batch failed; nothing was acknowledged", exc_info=error)
        halted = isinstance(error, TooManyDeadLetters)
        metrics.CONSUMER_HALTED.labels(self.group).set(halted)
        if not halted and now - self._failing_since > GIVE_UP_AFTER:
            raise StuckBatch(f"one batch has failed for {GIVE_UP_AFTER:.0f} seconds") from error

    async def _hold_back(self, reader: Reader, failures: int, stopping: asyncio.Event) -> None:
        """Wait, polling with everything paused so as to stay in the group."""
        kafka = self._kafka_consumer
        loop = asyncio.get_running_loop()
        wait = min(FIRST_BACKOFF * 2 ** min(failures - 1, 10), LAST_BACKOFF) * random.uniform(0.5, 1.0)  # noqa: S311  jitter, not a secret
        metrics.CONSUMER_BACKOFF.labels(self.group).set(wait)
        self._holding_back = True
        kafka.pause(*kafka.assignment())
        until = loop.time() + wait
        while (left := until - loop.time()) > 0 and not stopping.is_set():
            await reader.wait_paused(min(left, POLL_MS / 1000))
        self._holding_back = False
        kafka.resume(*kafka.assignment())
        metrics.CONSUMER_BACKOFF.labels(self.group).set(0)

    def _report_idle(self) -> None:
        # An empty answer does not tell an idle topic from a broker that is away; `lag` asks and knows.
        if self._unreachable is not None:
            self.readiness.not_ready(PART, self._unreachable)
        elif self._kafka_consumer.assignment():
            self.readiness.ready(PART, lag=self._lag)
        else:
            self.readiness.not_ready(PART, "no partitions assigned yet")

    async def lag(self) -> dict[str, int]:
        """Events per topic behind this member's position; empty while it has no partitions or Kafka is away."""
        kafka = self._kafka
        if kafka is None or not kafka.assignment():
            return {}
        try:
            async with asyncio.timeout(ASK_TIMEOUT):
                ends = await kafka.end_offsets(kafka.assignment())
                lags: Counter[str] = Counter()
                for place, end in ends.items():
                    lags[place.topic] += max(0, end - await kafka.position(place))
        except (KafkaError, TimeoutError, OSError) as error:
            if kafka is not self._kafka:
                return {}
            self._unreachable = f"Kafka does not answer ({type(error).__name__})"
            self.readiness.not_ready(PART, self._unreachable)
            return {}
        self._unreachable = None
        self._lag = lags.total()
        return dict(lags)

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Let the batch in work finish and commit before the partitions go to another member."""
        async with self._in_work:
            await self._noted()
            log.info("partitions revoked", partitions=len(revoked))
        if self._member_id and not member_id(self._kafka_consumer) and await self._name.is_taken(self._member_id):
            self._name_lost.set()
            await asyncio.Future()  # for ever: what follows this callback is to join, and to throw the other out

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """A new assignment is not paused, even if the old one was."""
        log.info("partitions assigned", partitions=len(assigned))
        self._member_id = member_id(self._kafka_consumer)
        if self._holding_back:
            self._kafka_consumer.pause(*assigned)
