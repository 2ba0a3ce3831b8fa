"""What is said: announced through the caller's outbox, or written to the topic with repetitions and damage."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.events.base import Event
from shared.events.envelope import Envelope, Headers, wrap
from shared.events.intake import ApplicationRejected, ApplicationWithdrawn
from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database
from shared.primitives.waiting import wait_for
from tests.chaos.evidence import IN, Place

PACE = 0.02


def a_fact(application_id: UUID, word: str = "well", *, in_a_set: bool = False) -> Event:
    """Something that the echo hears: alone, or in a set with others."""
    if in_a_set:
        return ApplicationRejected(application_id=application_id, codes=(word,))
    return ApplicationWithdrawn(application_id=application_id, reason=word)


def some_facts(rng: random.Random, applications: Sequence[UUID], count: int) -> list[Event]:
    """Facts about random applications, of both kinds in runs."""
    return [a_fact(rng.choice(applications), in_a_set=rng.random() < 0.7) for _ in range(count)]


@dataclass
class Caller:
    """Says things in the caller's database, in units of work like any service."""

    database: Database

    async def say(self, facts: Sequence[Event]) -> None:
        """Announce them in one transaction, exactly once, however often the server goes away meanwhile."""
        turn = uuid4()
        while True:
            try:
                return await self._take(turn, facts)
            except (*AWAY, asyncpg.PostgresError):
                await asyncio.sleep(PACE)  # whether it was committed, the turn will tell

    async def say_to_all(self, applications: Sequence[UUID]) -> None:
        """A last word about each application, so that something comes on every partition in use."""
        await self.say([a_fact(application_id) for application_id in applications])

    async def _take(self, turn: UUID, facts: Sequence[Event]) -> None:
        async with self.database.unit_of_work() as work:
            fresh = await work.connection.fetchval(
                "INSERT INTO turns VALUES ($1) ON CONFLICT DO NOTHING RETURNING true", turn
            )
            if not fresh:
                return
            about = [_application(fact) for fact in facts]
            said = [work.announce(fact, case=one) for fact, one in zip(facts, about, strict=True)]
            await work.connection.execute("INSERT INTO said SELECT * FROM unnest($1::uuid[], $2::uuid[])", said, about)

    @asynccontextmanager
    async def talking(self, applications: Sequence[UUID], *, voices: int = 3, seed: int = 1) -> AsyncIterator[None]:
        """Several say things about the same applications at once, for as long as the block lasts."""
        silent = asyncio.Event()

        async def voice(number: int) -> None:
            rng = random.Random(f"{seed}/{number}")
            while not await wait_for(silent, PACE):
                await self.say(some_facts(rng, applications, rng.randint(1, 6)))

        async with asyncio.TaskGroup() as group:
            for number in range(voices):
                group.create_task(voice(number))
            try:
                yield
            finally:
                silent.set()


@dataclass(frozen=True, slots=True)
class Record:
    """A message to be written."""

    key: str
    headers: Headers
    value: bytes


@dataclass
class Writer:
    """Writes to the topic itself, in the order of the calls. Remembers what the echo must set aside, and why."""

    producer: AIOKafkaProducer
    bad: dict[Place, str] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)

    def record(self, fact: Event) -> Record:
        """The next event of its application."""
        envelope = self._next(fact)
        return Record(envelope.subject, envelope.headers(), envelope.value())

    async def write(self, records: Sequence[Record]) -> list[Place]:
        """Send them together; returns their places."""
        sent = [
            await self.producer.send(IN, record.value, key=record.key.encode(), headers=list(record.headers))
            for record in records
        ]
        return [(done.partition, done.offset) for done in await asyncio.gather(*sent)]

    async def write_bad(self, reason: str, record: Record) -> None:
        """Send one that the echo must set aside for this reason."""
        (place,) = await self.write([record])
        self.bad[place] = reason

    def _next(self, fact: Event) -> Envelope:
        application_id = _application(fact)
        self.numbers[application_id] = self.numbers.get(application_id, 0) + 1
        return wrap(
            fact,
            event_id=uuid4(),
            service="intake",
            time=datetime.now(UTC),
            sequence=self.numbers[application_id],
            case_id=application_id,
            traceparent=None,
        )


@asynccontextmanager
async def writing(bootstrap: str) -> AsyncIterator[Writer]:
    """A writer with an idempotent producer."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, enable_idempotence=True, linger_ms=5, max_request_size=1_100_000
    ) as producer:
        yield Writer(producer)


def no_json(record: Record) -> Record:
    """The same with a value that is no JSON."""
    return replace(record, value=b"{no json")


def of_a_later_version(record: Record) -> Record:
    """The same with a type that this release does not know."""
    others = [pair for pair in record.headers if pair[0] != "ce_type"]
    return replace(record, headers=(*others, ("ce_type", b"connect.intake.ApplicationWithdrawn.v9")))


def _application(fact: Event) -> UUID:
    assert isinstance(fact, ApplicationWithdrawn | ApplicationRejected)
    return fact.application_id
