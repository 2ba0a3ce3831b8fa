"""What the topics and the databases hold: read with a consumer and with SQL of its own, not with the program's code.

A long run leaves millions of things, so of each only what the checker compares is kept, and equal ones are kept once.
"""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.events.catalogue import PARTITIONS

IN, OUT, DEAD = "intake.applications", "matching.searches", "connect.dead-letters"

AT_ONCE = 10_000
NOTHING: Mapping[str, Any] = {}

Place = tuple[int, int]  # partition and offset
Marks = Mapping[TopicPartition, int]


@dataclass(frozen=True, slots=True)
class Seen:
    """One message on a topic. Where it can't be read, `body` is None; where it names no id, `event_id` is.

    Of the body there is what an answer refers to: `search` or `dead_letter_id`.
    """

    place: Place
    key: str
    event_id: UUID | None
    sequence: int | None
    body: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Heard:
    """One row of the echo's state, in the order of writing."""

    application_id: UUID
    sequence: int
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Letter:
    """One row of the echo's dead letters."""

    id: UUID
    place: Place
    key: str
    state: str
    reason: str
    event_id: UUID | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that there is at one moment. `said` is None where the test wrote to the topic itself."""

    came: Sequence[Seen]
    went: Sequence[Seen]
    told: Sequence[Seen]
    claimed: Sequence[UUID]
    heard: Sequence[Heard]
    tallies: Mapping[UUID, int]
    letters: Sequence[Letter]
    parked: frozenset[str]
    waiting_in_outboxes: int
    said: frozenset[UUID] | None = None


async def marks(bootstrap: str) -> dict[TopicPartition, int]:
    """Where the topics end now. A test begins here, so that it does not see what earlier ones left."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed") as kafka:
        places = [TopicPartition(topic, number) for topic in (IN, OUT, DEAD) for number in range(PARTITIONS)]
        ends: dict[TopicPartition, int] = await kafka.end_offsets(places)
        return ends


async def collect(bootstrap: str, since: Marks, echo_dsn: str, caller_dsn: str) -> Evidence:
    """Read everything, from the marks to the ends that the topics have now."""
    seen = await _read(bootstrap, since)
    ids = {message.event_id: message.event_id for message in seen[IN] if message.event_id}
    echo, caller = await asyncpg.connect(echo_dsn), await asyncpg.connect(caller_dsn)
    heard = "SELECT event_id, application_id, sequence FROM heard ORDER BY position"
    try:
        waiting = [await c.fetchval("SELECT count(*) FROM outbox") for c in (echo, caller)]
        tallies = dict(await echo.fetch("SELECT application_id, heard FROM tallies"))
        applications = {one: one for one in tallies}
        return Evidence(
            came=seen[IN],
            went=seen[OUT],
            told=seen[DEAD],
            claimed=[ids.get(row[0], row[0]) async for row in _rows(echo, "SELECT event_id FROM inbox")],
            heard=[
                Heard(applications.get(about, about), sequence, ids.get(event_id, event_id))
                async for event_id, about, sequence in _rows(echo, heard)
            ],
            tallies=tallies,
            letters=[_letter(row) for row in await echo.fetch("SELECT * FROM dead_letters ORDER BY position")],
            parked=frozenset(row[0] for row in await echo.fetch("SELECT key FROM parked_keys")),
            waiting_in_outboxes=sum(waiting),
            said=frozenset([ids.get(row[0], row[0]) async for row in _rows(caller, "SELECT event_id FROM said")])
            or None,
        )
    finally:
        await echo.close()
        await caller.close()


async def _rows(connection: asyncpg.Connection, question: str) -> AsyncIterator[asyncpg.Record]:
    """Some at a time."""
    async with connection.transaction():
        async for row in connection.cursor(question, prefetch=AT_ONCE):
            yield row


def _letter(row: asyncpg.Record) -> Letter:
    place = (row["partition"], row["offset"])
    return Letter(row["id"], place, row["key"], row["state"], row["reason"], row["event_id"])


async def _read(bootstrap: str, since: Marks) -> dict[str, list[Seen]]:
    seen: dict[str, list[Seen]] = {IN: [], OUT: [], DEAD: []}
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed") as kafka:
        kafka.assign(list(since))
        ends = await kafka.end_offsets(list(since))
        for place, offset in since.items():
            kafka.seek(place, offset)
        while any([await kafka.position(place) < end for place, end in ends.items()]):
            for place, records in (await kafka.getmany(timeout_ms=100)).items():
                seen[place.topic] += [_seen(record) for record in records if record.offset < ends[place]]
    return seen


def _seen(record: Any) -> Seen:
    headers = dict(record.headers)
    sequence = (headers.get("ce_subjectsequence") or b"").decode("utf-8", "replace")
    return Seen(
        place=(record.partition, record.offset),
        key=sys.intern((record.key or b"").decode("utf-8", "replace")),
        event_id=_uuid((headers.get("ce_id") or b"").decode("utf-8", "replace")),
        sequence=int(sequence) if sequence.isdigit() else None,
        body=_body(record.value),
    )


def _body(value: bytes | None) -> Mapping[str, Any] | None:
    try:
        body = orjson.loads(value or b"")
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    if isinstance(number := body.get("search"), int):
        return _answer(number)
    return {"dead_letter_id": body["dead_letter_id"]} if "dead_letter_id" in body else NOTHING


@cache
def _answer(number: int) -> Mapping[str, Any]:
    return {"search": number}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
