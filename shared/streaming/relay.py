"""The relay: carries committed events from the outbox to Kafka, in order, and deletes what Kafka has acknowledged.

One relay works per service: it holds an advisory lock for as long as its database session lives. If it dies between the
acknowledgement and the delete, the rows are sent again and the consumers' inboxes know them. A relay that is frozen
loses its session and with it the lock; when it wakes up it may still send what it had in hand, as copies of what the
next one has sent since: both send in order, so the first copies are in order.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.postgres import outbox, pool, session_lock
from shared.postgres.outbox import Waiting
from shared.postgres.settings import PostgresSettings
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import ending_within, wait_for
from shared.streaming.refusals import TooLarge, explain
from shared.streaming.sending import Answer, asking, is_acknowledged, producing, send
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "relay"
AT_ONCE = 500
SHORTEST_POLL, LONGEST_POLL = 0.005, 0.05  # seconds, where other processes announce, who can't wake this one
ALONE_POLL = 0.25  # where none has been seen to: a look that finds nothing takes its time from whoever works
FIRST_BACKOFF, LAST_BACKOFF = 0.1, 5.0
ASK_FOR_LOCK_EVERY = 1.0
SLOW_AFTER = 5.0  # seconds without an acknowledgement until the relay says so
ACKNOWLEDGED_WITHIN = 20.0  # an idempotent producer itself would try for ever
IDLE = "30s"  # a relay that lives asks the database sooner than this, also while Kafka does not answer
BATCH_BYTES = 131_072
GRACE = 3.0  # seconds that the work in hand gets when the process ends; what is not acknowledged stays in the outbox
LOCK = 0x52454C59  # "RELY": one number for all databases, since advisory locks are per database


@dataclass(slots=True)
class Relay:
    """One relay of a service. `filled` is set by whoever commits announcements in the same process."""

    service: str
    postgres: PostgresSettings
    kafka: KafkaSettings
    readiness: Readiness
    filled: asyncio.Event = field(default_factory=asyncio.Event)
    _wait: float = FIRST_BACKOFF
    _alone: bool = True  # as far as is known, only this process announces
    # Kafka's limit counts a whole batch: after a refusal each message goes alone, so that only those too large stay.
    _batch_bytes: int = BATCH_BYTES

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until `stopping` is set. Whatever fails, the connections are made anew and the work goes on."""
        self.readiness.expect(PART)
        while not stopping.is_set():
            try:
                async with ending_within(GRACE, stopping):
                    await self._session(stopping)
            except (*pool.AWAY, KafkaError, asyncpg.PostgresError) as error:
                if stopping.is_set() and isinstance(error, TimeoutError):
                    log.warning("the end could not wait; what is not acknowledged stays in the outbox")
                    return
                # A producer that has lost its place (OutOfOrderSequence, a fenced epoch) can't go on; a new one can.
                metrics.RELAY_FAILURES.labels(self.service, type(error).__name__).inc()
                self._batch_bytes = 1 if isinstance(error, TooLarge) else self._batch_bytes
                reason = f"{type(error).__name__}: connecting anew"
                if isinstance(error, KafkaError):
                    reason = await explain(error, self.kafka, wish="write")
                self.readiness.not_ready(PART, reason)
                log.warning("relay interrupted", reason=reason, error=error, again_in_seconds=self._wait)
                await wait_for(stopping, self._wait)
                self._wait = min(self._wait * 2, LAST_BACKOFF)

    async def _session(self, stopping: asyncio.Event) -> None:
        """One database session with its lock and one producer, until something fails or `stopping` is set."""
        connection = await pool.connect(self.postgres, application=f"{self.service} relay", idle=IDLE)
        try:
            if await self._lock(connection, stopping):
                async with producing(self.kafka, self._batch_bytes) as producer, asking(producer) as answers:
                    await self._relay(connection, producer, answers, stopping)
        finally:
            connection.terminate()

    async def _lock(self, connection: asyncpg.Connection, stopping: asyncio.Event) -> bool:
        while not await session_lock.take(connection, LOCK):
            self.readiness.ready(PART, standby=1)
            await wait_for(stopping, ASK_FOR_LOCK_EVERY)
            if stopping.is_set():
                return False
        return True

    async def _relay(
        self,
        connection: asyncpg.Connection,
        producer: AIOKafkaProducer,
        answers: asyncio.Task[None],
        stopping: asyncio.Event,
    ) -> None:
        poll, woken = SHORTEST_POLL, True
        while not stopping.is_set():
            self.filled.clear()
            rows = await outbox.oldest(connection, AT_ONCE)
            if answers.done():
                answers.result()
            if rows:
                self._alone = self._alone and woken
                await self._carry(connection, producer, rows)
                poll, woken = SHORTEST_POLL, True
            self._wait = FIRST_BACKOFF
            self.readiness.ready(PART, standby=0)
            if rows and self._batch_bytes < BATCH_BYTES:
                self._batch_bytes = BATCH_BYTES  # the large one has passed: on with a new producer
                return
            if not rows:
                woken = await wait_for(self.filled, ALONE_POLL if self._alone else poll)
                poll = min(poll * 2, LONGEST_POLL)

    async def _carry(self, connection: asyncpg.Connection, producer: AIOKafkaProducer, rows: Sequence[Waiting]) -> None:
        """Send the rows and delete what Kafka has acknowledged. Raises TimeoutError if it does not in time."""
        answers: list[Answer] = []
        try:
            await self._send(producer, rows, answers)
        except (KafkaError, TimeoutError):
            await self._forget(connection, rows, answers)  # else they would be sent again at every try
            raise
        await self._forget(connection, rows, answers)

    async def _send(self, producer: AIOKafkaProducer, rows: Sequence[Waiting], answers: list[Answer]) -> None:
        loop = asyncio.get_running_loop()
        slow = loop.call_later(SLOW_AFTER, self.readiness.not_ready, PART, "Kafka does not acknowledge")
        try:
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                await send(producer, rows, answers)
        finally:
            slow.cancel()

    async def _forget(self, connection: asyncpg.Connection, rows: Sequence[Waiting], answers: Sequence[Answer]) -> None:
        sent = [row.position for row, answer in zip(rows, answers, strict=False) if is_acknowledged(answer)]
        await outbox.delete(connection, sent)
        metrics.RELAY_ROWS_SENT.labels(self.service).inc(len(sent))
