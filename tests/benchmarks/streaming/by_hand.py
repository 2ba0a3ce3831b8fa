"""The peers: loops written by hand for this one job, without any of our code, as fast as we could make them.

They keep the promises that the job needs (inbox, state, numbered outbox rows in one transaction, offsets afterwards)
and leave out what a service needs besides: validation against a schema, dead letters, parked keys, traces, metrics,
readiness, a way back after a failure.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import uuid_utils
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.structs import ConsumerRecord

from tests.benchmarks.streaming import material
from tests.benchmarks.streaming.stage import Stage

BATCH = 500
FILTERED = [{"filter": "language", "offers": 3}, {"filter": "mode", "offers": 2}]
Fresh = list[tuple[dict[str, bytes], dict[str, Any]]]


@dataclass(slots=True)
class ByHand:
    """A loop of aiokafka's getmany and asyncpg. `set_based`: state in one statement a batch, or in one an event."""

    set_based: bool
    done: int = 0

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        consumer = AIOKafkaConsumer(
            material.TOPIC,
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
                records = [record for taken in batch.values() for record in taken]
                await self._process(connection, records)
                self.done += len(records)
                await consumer.commit({place: taken[-1].offset + 1 for place, taken in batch.items()})
        finally:
            await consumer.stop()
            await connection.close()

    async def _process(self, connection: asyncpg.Connection, records: Sequence[ConsumerRecord]) -> None:
        heads = [dict(record.headers) for record in records]
        ids = [UUID(head["ce_id"].decode()) for head in heads]
        async with connection.transaction():
            new = {row[0] for row in await connection.fetch(material.CLAIM, sorted(set(ids)))}
            fresh: Fresh = []
            for record, head, event_id in zip(records, heads, ids, strict=True):
                if event_id in new:
                    new.remove(event_id)
                    fresh.append((head, orjson.loads(record.value)))
            if not fresh:
                return
            await (_save_many if self.set_based else _save_each)(connection, fresh)
            await _announce(connection, fresh)


async def _save_many(connection: asyncpg.Connection, fresh: Fresh) -> None:
    newest = {fact["application_id"]: (fact, int(head["ce_subjectsequence"])) for head, fact in fresh}
    numbers = Counter(fact["application_id"] for _, fact in fresh)
    kept = sorted(newest.items())
    await connection.execute(
        material.SAVE_MANY,
        [key for key, _ in kept],
        [fact["organisation"]["organisation_id"] for _, (fact, _) in kept],
        [fact["title"] for _, (fact, _) in kept],
        [fact["participants"] for _, (fact, _) in kept],
        [sequence for _, (_, sequence) in kept],
        [numbers[key] for key, _ in kept],
    )


async def _save_each(connection: asyncpg.Connection, fresh: Fresh) -> None:
    for head, fact in fresh:
        await connection.execute(
            material.SAVE_ONE,
            fact["application_id"],
            fact["organisation"]["organisation_id"],
            fact["title"],
            fact["participants"],
            int(head["ce_subjectsequence"]),
        )


async def _announce(connection: asyncpg.Connection, fresh: Fresh) -> None:
    topic, now = "matching.searches", datetime.now(UTC).isoformat()
    counts = sorted(Counter(fact["application_id"] for _, fact in fresh).items())
    keys, numbers = [key for key, _ in counts], [number for _, number in counts]
    reserved = await connection.fetch(material.RESERVE, [topic] * len(keys), keys, numbers)
    counted = dict(counts)
    following = {row[1]: row[2] - counted[row[1]] + 1 for row in reserved}
    rows = []
    for head, fact in fresh:
        key, event_id = fact["application_id"], str(uuid_utils.uuid7())
        headers = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_type": "connect.matching.NoMatchFound.v1",
            "ce_source": "/connect/matching",
            "ce_subject": key,
            "ce_time": now,
            "ce_subjectsequence": str(following[key]),
            "content-type": "application/json",
            "ce_caseid": head["ce_caseid"].decode(),
            "ce_traceparent": head["ce_traceparent"].decode(),
        }
        answer = {"application_id": key, "considered": fact["participants"], "filtered": FILTERED, "search": 1}
        rows.append((event_id, topic, key, orjson.dumps(headers).decode(), orjson.dumps(answer)))
        following[key] += 1
    await connection.copy_records_to_table("outbox", records=rows, columns=material.OUTBOX_COLUMNS)


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
