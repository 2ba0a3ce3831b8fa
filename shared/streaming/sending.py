"""Sending in order: a producer that lets nothing overtake what has failed, and that ends without flushing.

Idempotence alone does not give that: the broker refuses a batch whose predecessor is missing, but not in a partition
where it knows nothing of this producer yet.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError, KafkaError, MessageSizeTooLargeError
from aiokafka.producer.message_accumulator import MessageBatch
from aiokafka.producer.sender import Sender
from aiokafka.structs import RecordMetadata, TopicPartition

from shared.postgres.outbox import MAX_EVENT_BYTES, Waiting
from shared.streaming.connecting import start
from shared.streaming.refusals import TooLarge
from shared.streaming.settings import KafkaSettings

Answer = asyncio.Future[RecordMetadata]

ASK_EVERY = 5.0  # seconds
END_WITHIN = 3.0


@asynccontextmanager
async def producing(settings: KafkaSettings, batch_bytes: int) -> AsyncIterator[AIOKafkaProducer]:
    """A producer for one session of a relay. `batch_bytes` bounds what goes to a partition at once."""
    producer = AIOKafkaProducer(
        **settings.client_options(),
        enable_idempotence=True,
        acks="all",
        linger_ms=0,
        max_batch_size=batch_bytes,
        max_request_size=MAX_EVENT_BYTES + 100_000,
        # Longer than a session waits: a batch that expires fails within the sender, which then takes the next.
        request_timeout_ms=30_000,
    )
    producer._sender = _StopsAtFailure.instead_of(producer._sender)
    try:
        await start(producer)
        yield producer
    finally:
        await _drop(producer)


class _StopsAtFailure(Sender):  # type: ignore[misc]  # aiokafka has no type hints
    """The part of a producer that takes batches to the broker; after a refusal it takes no other."""

    @classmethod
    def instead_of(cls, made: Sender) -> "_StopsAtFailure":
        return cls(
            made.client,
            acks=made._acks,
            txn_manager=made._txn_manager,
            message_accumulator=made._message_accumulator,
            retry_backoff_ms=made._retry_backoff * 1000,
            request_timeout_ms=made._request_timeout_ms,
        )

    async def _send_produce_req(self, node_id: int, batches: Mapping[TopicPartition, MessageBatch]) -> None:
        await super()._send_produce_req(node_id, batches)
        if any(_error(batch.future) is not None for batch in batches.values()):
            # In the same step: woken for another message it would take the next batch before any callback runs.
            self._sender_task.cancel()


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
        await asyncio.wait({sending}, timeout=END_WITHIN)
    producer._closed = True


@asynccontextmanager
async def asking(producer: AIOKafkaProducer) -> AsyncIterator[asyncio.Task[None]]:
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
        await asyncio.sleep(ASK_EVERY)
        async with asyncio.timeout(ASK_EVERY):
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
    this, everything = asyncio.current_task(), asyncio.get_running_loop().create_future()
    assert this is not None
    left = len(rows)

    def answered(answer: Answer) -> None:
        nonlocal left
        left -= 1
        if not is_acknowledged(answer):
            this.cancel()
        elif not left and not everything.done():
            everything.set_result(None)

    for row in rows:
        headers = [(name, value.encode()) for name, value in row.attributes.items()]  # texts: `as_headers` asks each
        answer = await producer.send(row.topic, row.value, key=row.key.encode(), headers=headers)
        answer.add_done_callback(answered)  # one for each row: two would be a tenth of the relay's processor time
        answers.append(answer)
    await everything


def is_acknowledged(answer: Answer) -> bool:
    """Whether Kafka has taken the message."""
    return answer.done() and not answer.cancelled() and answer.exception() is None


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


def _error(answer: asyncio.Future[Any]) -> BaseException | None:
    error: BaseException | None = None
    if answer.cancelled():
        error = KafkaError("the producer has given a message up")  # its CancelledError would end a task without a word
    elif answer.done():
        error = answer.exception()
    return error
