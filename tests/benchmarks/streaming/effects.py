"""What every peer does with an event: inbox, state and numbered outbox row in one transaction, without any of our code.

The peers differ in who brings the events to them; the SQL is the same, and the same as ours.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
import orjson
import uuid_utils
from asyncpg.pool import PoolConnectionProxy

from tests.benchmarks.streaming import material

ANSWERS_TOPIC = "matching.searches"
FILTERED = [{"filter": "language", "offers": 3}, {"filter": "mode", "offers": 2}]

Delivered = tuple[dict[str, bytes], bytes]  # headers and value of one message
Fresh = list[tuple[dict[str, bytes], dict[str, Any]]]
Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy


async def commit_batch(connection: Connection, delivered: Sequence[Delivered], *, set_based: bool) -> int:
    """The effects of a batch in one transaction; state in one statement for all, or in one for each.

    Returns how many events were new.
    """
    ids = [UUID(head["ce_id"].decode()) for head, _ in delivered]
    async with connection.transaction():
        new = {row[0] for row in await connection.fetch(material.CLAIM, sorted(set(ids)))}
        fresh: Fresh = []
        for (head, value), event_id in zip(delivered, ids, strict=True):
            if event_id in new:
                new.remove(event_id)
                fresh.append((head, orjson.loads(value)))
        if fresh:
            await (_save_many if set_based else _save_each)(connection, fresh)
            await _announce(connection, fresh)
    return len(fresh)


async def commit_one(connection: Connection, head: dict[str, bytes], value: bytes) -> None:
    """The effects of one event in a transaction of its own. Its outbox row is inserted: COPY pays for many only."""
    async with connection.transaction():
        if not await connection.fetch(material.CLAIM, [UUID(head["ce_id"].decode())]):
            return
        fact = orjson.loads(value)
        await _save_each(connection, [(head, fact)])
        key = fact["application_id"]
        (reserved,) = await connection.fetch(material.RESERVE, [ANSWERS_TOPIC], [key], [1])
        row = _answer(head, fact, reserved["last"], datetime.now(UTC).isoformat())
        await connection.execute(material.INSERT_OUTBOX, *row)


async def nothing(_: asyncpg.Connection) -> None:
    """For a pool: nothing is left to reset on a connection that is given back."""


async def _save_many(connection: Connection, fresh: Fresh) -> None:
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


async def _save_each(connection: Connection, fresh: Fresh) -> None:
    for head, fact in fresh:
        await connection.execute(
            material.SAVE_ONE,
            fact["application_id"],
            fact["organisation"]["organisation_id"],
            fact["title"],
            fact["participants"],
            int(head["ce_subjectsequence"]),
        )


async def _announce(connection: Connection, fresh: Fresh) -> None:
    now = datetime.now(UTC).isoformat()
    counts = sorted(Counter(fact["application_id"] for _, fact in fresh).items())
    keys, numbers = [key for key, _ in counts], [number for _, number in counts]
    reserved = await connection.fetch(material.RESERVE, [ANSWERS_TOPIC] * len(keys), keys, numbers)
    counted = dict(counts)
    following = {row[1]: row[2] - counted[row[1]] + 1 for row in reserved}
    rows = []
    for head, fact in fresh:
        key = fact["application_id"]
        rows.append(_answer(head, fact, following[key], now))
        following[key] += 1
    await connection.copy_records_to_table("outbox", records=rows, columns=material.OUTBOX_COLUMNS)


def _answer(head: dict[str, bytes], fact: dict[str, Any], number: int, now: str) -> tuple[str, str, str, str, bytes]:
    key, event_id = fact["application_id"], str(uuid_utils.uuid7())
    headers = {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_type": "connect.matching.NoMatchFound.v1",
        "ce_source": "/connect/matching",
        "ce_subject": key,
        "ce_time": now,
        "ce_subjectsequence": str(number),
        "content-type": "application/json",
        "ce_caseid": head["ce_caseid"].decode(),
        "ce_traceparent": head["ce_traceparent"].decode(),
    }
    answer = {"application_id": key, "considered": fact["participants"], "filtered": FILTERED, "search": 1}
    return event_id, ANSWERS_TOPIC, key, orjson.dumps(headers).decode(), orjson.dumps(answer)
