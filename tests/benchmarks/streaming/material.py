"""What all contestants are given: the same events, the same tables and the same SQL."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from uuid import UUID

import asyncpg
import orjson
from aiokafka import AIOKafkaProducer

from shared.events.base import OrganisationFacts
from shared.events.envelope import Envelope, wrap
from shared.events.intake import ApplicationValidated
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, OrganisationKind, Position
from shared.streaming.settings import KafkaSettings

TOPIC = "intake.applications"
EVENT_BYTES = 600
PER_AGGREGATE = 5  # events of one application, far apart, so that a batch meets many applications
DAY = date(2026, 3, 2)

TABLES = """
CREATE TABLE requests (
    application_id  uuid PRIMARY KEY,
    organisation_id uuid NOT NULL,
    title           text NOT NULL,
    participants    integer NOT NULL,
    sequence        bigint NOT NULL,
    events          bigint NOT NULL
)
"""

CLAIM = "INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id"

SAVE_MANY = """
INSERT INTO requests AS r (application_id, organisation_id, title, participants, sequence, events)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::bigint[], $6::bigint[])
ON CONFLICT (application_id) DO UPDATE SET title = excluded.title, participants = excluded.participants,
    sequence = excluded.sequence, events = r.events + excluded.events
"""

SAVE_ONE = """
INSERT INTO requests AS r (application_id, organisation_id, title, participants, sequence, events)
VALUES ($1, $2, $3, $4, $5, 1)
ON CONFLICT (application_id) DO UPDATE SET title = excluded.title, participants = excluded.participants,
    sequence = excluded.sequence, events = r.events + excluded.events
"""

RESERVE = """
INSERT INTO outbox_sequences AS s (topic, subject, last)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
ON CONFLICT (topic, subject) DO UPDATE SET last = s.last + excluded.last
RETURNING topic, subject, last
"""
OUTBOX_COLUMNS = ("event_id", "topic", "key", "headers", "value")
INSERT_OUTBOX = "INSERT INTO outbox (event_id, topic, key, headers, value) VALUES ($1, $2, $3, $4, $5)"
OLDEST = "SELECT position, topic, key, headers, value FROM outbox ORDER BY position LIMIT $1"
DELETE = "DELETE FROM outbox WHERE position = ANY($1::bigint[])"


def envelopes(number: int) -> Iterator[Envelope]:
    """So many events, each with a value of 600 bytes, in the order of their announcement."""
    aggregates = [new_id() for _ in range(max(1, number // PER_AGGREGATE))]
    organisation = new_id()
    room = EVENT_BYTES - len(_validated(new_id(), organisation, "").model_dump_json())
    for index in range(number):
        application_id = aggregates[index % len(aggregates)]
        title = f"Sanitation strategy {index:06d}".ljust(room, ".")[:room]
        yield wrap(
            _validated(application_id, organisation, title),
            event_id=new_id(),
            service="intake",
            time=datetime.now(UTC),
            sequence=index // len(aggregates) + 1,
            case_id=application_id,
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
        )


def _validated(application_id: UUID, organisation_id: UUID, title: str) -> ApplicationValidated:
    return ApplicationValidated(
        application_id=application_id,
        reference="CN-2026-0001",
        title=title,
        title_language="en",
        organisation=OrganisationFacts(
            organisation_id=organisation_id, kind=OrganisationKind.MUNICIPALITY, country="GH", seat=2294962
        ),
        themes=("sanitation",),
        sdgs=(),
        dac=(),
        mode=Mode.EXPERT_MISSION,
        earliest=DAY,
        latest=DAY,
        participants=2,
        position=Position.ENGINEER,
        languages=(),
        interpretation=False,
        online_acceptable=True,
        same_country=False,
        rules_version="1",
        validated_on=DAY,
    )


async def fill_topic(kafka: KafkaSettings, number: int) -> list[UUID]:
    """Put the events on the topic, as the relay does; returns their ids."""
    ids = []
    async with AIOKafkaProducer(**kafka.client_options(), enable_idempotence=True, max_batch_size=131_072) as producer:
        for said in envelopes(number):
            await producer.send(TOPIC, said.value(), key=said.subject.encode(), headers=list(said.headers()))
            ids.append(said.id)
        await producer.flush()
    return ids


async def fill_inbox(connection: asyncpg.Connection, ids: Sequence[UUID]) -> None:
    """Claim the events, as if all of them had been handled before."""
    await connection.execute(CLAIM, ids)


async def fill_outbox(connection: asyncpg.Connection, number: int) -> None:
    """Put the events into the outbox, as if they had just been committed."""
    rows = []
    for said in envelopes(number):
        headers = orjson.dumps(said.attributes()).decode()
        rows.append((said.id, TOPIC, said.subject, headers, said.value()))
    await connection.copy_records_to_table("outbox", records=rows, columns=OUTBOX_COLUMNS)
