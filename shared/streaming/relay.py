"""The relay: carries committed events from the outbox to Kafka, in order, and deletes what Kafka has acknowledged.

One relay works per service: it holds an advisory lock for as long as its database session lives. If it dies between the
acknowledgement and the delete, the rows are sent again and the consumers' inboxes know them. A relay that is frozen
loses its session and with it the lock; when it wakes up it may still send what it had in hand, as copies of what the
next one has sent since: both send in order, so the first copies are in order.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, MessageSizeTooLargeError
from aiokafka.structs import RecordMetadata

from shared.events.envelope import as_headers
from shared.postgres import outbox, pool
from shared.postgres.outbox import MAX_EVENT_BYTES, Waiting
from shared.postgres.settings import PostgresSettings
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import ending_within, wait_for
from shared.streaming.refusals import TooLarge, explain
from shared.streaming.settings import KafkaSettings
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

Answer = asyncio.Future[RecordMetadata]

PART = "relay"
AT_ONCE = 500
SHORTEST_POLL, LONGEST_POLL = 0.005, 0.05
FIRST_BACKOFF, LAST_BACKOFF = 0.1, 5.0
ASK_FOR_LOCK_EVERY = 1.0
ASK_KAFKA_EVERY = 5.0
CONNECTED_WITHIN = 10.0
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
                async with _producing(self.kafka, self._batch_bytes) as producer, _asking(producer) as asking:
                    await self._relay(connection, producer, asking, stopping)
        finally:
            connection.terminate()

    async def _lock(self, connection: asyncpg.Connection, stopping: asyncio.Event) -> bool:
        while not await connection.fetchval("SELECT pg_try_advisory_lock($1)", LOCK):
            self.readiness.ready(PART, standby=1)
            await wait_for(stopping, ASK_FOR_LOCK_EVERY)
            if stopping.is_set():
                return False
        return True

    async def _relay(
        self,
        connection: asyncpg.Connection,
        producer: AIOKafkaProducer,
        asking: asyncio.Task[None],
        stopping: asyncio.Event,
    ) -> None:
        poll = SHORTEST_POLL
        while not stopping.is_set():
            self.filled.clear()
            rows = await outbox.oldest(connection, AT_ONCE)
            if asking.done():
                asking.result()
            if rows:
                await self._carry(connection, producer, rows)
                poll = SHORTEST_POLL
            self._wait = FIRST_BACKOFF
            self.readiness.ready(PART, standby=0)
            if rows and self._batch_bytes < BATCH_BYTES:
                self._batch_bytes = BATCH_BYTES  # the large one has passed: on with a new producer
                return
            if not rows:
                await wait_for(self.filled, poll)
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
        slow = loop.call_later(ASK_KAFKA_EVERY, self.readiness.not_ready, PART, "Kafka does not acknowledge")
        try:
            async with asyncio.timeout(ACKNOWLEDGED_WITHIN):
                await send(producer, rows, answers)
        finally:
            slow.cancel()

    async def _forget(self, connection: asyncpg.Connection, rows: Sequence[Waiting], answers: Sequence[Answer]) -> None:
        sent = [row.position for row, answer in zip(rows, answers, strict=False) if _is_acknowledged(answer)]
        await outbox.delete(connection, sent)
        metrics.RELAY_ROWS_SENT.labels(self.service).inc(len(sent))


@asynccontextmanager
async def _producing(settings: KafkaSettings, batch_bytes: int) -> AsyncIterator[AIOKafkaProducer]:
    # Idempotence makes the broker refuse a batch whose predecessor is missing, so a failed send can't be overtaken.
    producer = AIOKafkaProducer(
        **settings.client_options(),
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=batch_bytes,
        max_request_size=MAX_EVENT_BYTES + 100_000,
        request_timeout_ms=20_000,
    )
    try:
        async with asyncio.timeout(CONNECTED_WITHIN):
            await producer.start()
        yield producer
    finally:
        await _drop(producer)


async def _drop(producer: AIOKafkaProducer) -> None:
    """Close the producer without flushing it.

    Its own `stop` would wait for ever while Kafka is away, and would send what comes after a batch that has failed.
    What is not acknowledged is still in the outbox; the next session sends it again, in order.
    """
    sending: asyncio.Task[None] | None = producer._sender.sender_task
    if sending is not None:
        sending.cancel()
    await producer.client.close()
    if sending is not None:
        await asyncio.wait({sending}, timeout=GRACE)
    producer._closed = True


@asynccontextmanager
async def _asking(producer: AIOKafkaProducer) -> AsyncIterator[asyncio.Task[None]]:
    """A task that ends with an error when no broker answers: a relay with nothing to send would not notice otherwise.

    Beside the sending, since an answer can take a quarter of a second.
    """
    task = asyncio.create_task(_keep_asking(producer))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_asking(producer: AIOKafkaProducer) -> None:
    while True:
        await asyncio.sleep(ASK_KAFKA_EVERY)
        async with asyncio.timeout(ASK_KAFKA_EVERY):
            if not await producer.client.force_metadata_update():
                raise KafkaConnectionError("no broker answers")


async def send(producer: AIOKafkaProducer, rows: Sequence[Waiting], answers: list[Answer]) -> None:
    """Send the rows in their order, adding their acknowledgements to `answers`; returns once every one has come.

    Raises the first error; then nothing more leaves the producer.
    """
    handing_over = asyncio.create_task(_hand_over(producer, rows, answers))
    try:
        await asyncio.wait({handing_over})
    finally:
        handing_over.cancel()
    cause = _cause(rows, answers)
    if cause is not None:
        raise cause
    await handing_over


async def _hand_over(producer: AIOKafkaProducer, rows: Sequence[Waiting], answers: list[Answer]) -> None:
    stop = partial(_stop_at_failure, producer, asyncio.current_task())
    for row in rows:
        headers = list(as_headers(row.attributes))
        answer = await producer.send(row.topic, row.value, key=row.key.encode(), headers=headers)
        answer.add_done_callback(stop)
        answers.append(answer)
    await asyncio.wait(answers)


def _stop_at_failure(producer: AIOKafkaProducer, handing_over: asyncio.Task[Any] | None, answer: Answer) -> None:
    """Let nothing overtake what has failed.

    The broker refuses a batch whose predecessor is missing, but not on a partition where it knows nothing of this
    producer yet. So the first failure ends the sender before it takes the next batch.
    """
    if not _is_acknowledged(answer):
        producer._sender.sender_task.cancel()
        assert handing_over is not None
        handing_over.cancel()


def _cause(rows: Sequence[Waiting], answers: Sequence[Answer]) -> BaseException | None:
    """Why those failed that were sent at all."""
    failed = [(row, e) for row, answer in zip(rows, answers, strict=False) if (e := _error(answer)) is not None]
    refused = [row for row, error in failed if isinstance(error, MessageSizeTooLargeError)]
    if refused:
        row = max(refused, key=lambda one: len(one.value))  # a batch is refused as a whole
        return TooLarge(
            f"the topic {row.topic} refuses a message of {len(row.value):,} bytes (outbox row {row.position}): "
            "raise its max.message.bytes; everything behind it waits"
        )
    return failed[0][1] if failed else None


def _error(answer: Answer) -> BaseException | None:
    return answer.exception() if answer.done() and not answer.cancelled() else None


def _is_acknowledged(answer: Answer) -> bool:
    return answer.done() and not answer.cancelled() and answer.exception() is None
