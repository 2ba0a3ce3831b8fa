"""From a committed announcement to what came of it elsewhere, and what Kafka alone needs for as many hops."""

import asyncio
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from tests.benchmarks.figures import in_time
from tests.benchmarks.journey.applications import Desk
from tests.e2e.services import RunningServices

PING, PONG, ECHO = "benchmark.ping", "benchmark.pong", "tests.benchmarks.journey.echo"
PROPOSALS, PARTITIONS = "matching.proposals", 12
ANSWER_WITHIN = 20.0


@dataclass(frozen=True, slots=True)
class Hops:
    """Milliseconds after the commit of ApplicationValidated: proposals committed, and MatchProposed read from Kafka."""

    effect: float
    readable: float


@asynccontextmanager
async def reading(bootstrap: str, topic: str, partitions: int) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of what comes from now on, without a group."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, isolation_level="read_committed")
    consumer.assign([TopicPartition(topic, number) for number in range(partitions)])
    await consumer.start()
    try:
        await consumer.seek_to_end()
        for place in consumer.assignment():
            await consumer.position(place)
        yield consumer
    finally:
        await consumer.stop()


@dataclass(frozen=True, slots=True)
class PingPong:
    """Two bare hops: a message to another process, and its answer."""

    producer: AIOKafkaProducer
    pongs: AIOKafkaConsumer

    async def milliseconds(self) -> float:
        """One round."""
        begun = time.perf_counter()
        await self.producer.send_and_wait(PING, b"x" * 600)
        async with in_time(ANSWER_WITHIN):
            await self.pongs.getone()
        return (time.perf_counter() - begun) * 1e3


@contextmanager
def echoing(bootstrap: str) -> Iterator[None]:
    """The other end, in a process of its own."""
    asyncio.run(_make_topics(bootstrap))
    echo = subprocess.Popen([sys.executable, "-m", ECHO, bootstrap, PING, PONG])
    try:
        yield
    finally:
        echo.kill()
        echo.wait(10)


async def _make_topics(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, 1, 1) for name in (PING, PONG)])
    finally:
        await admin.close()


@asynccontextmanager
async def ping_pong(bootstrap: str) -> AsyncIterator[PingPong]:
    """With the first round done, so that the other end is known to listen."""
    async with (
        AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer,
        reading(bootstrap, PONG, 1) as pongs,
    ):
        rounds = PingPong(producer, pongs)
        await rounds.milliseconds()
        yield rounds


@dataclass
class Proposals:
    """When the first proposal for each application could be read.

    They are read all the time: messages that lie in Kafka's client for a while keep it from asking for further ones.
    """

    consumer: AIOKafkaConsumer
    read_at: dict[str, float] = field(default_factory=dict)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def keep_reading(self) -> None:
        """Until cancelled."""
        async for record in self.consumer:
            now = time.time()
            if dict(record.headers)["ce_type"].startswith(b"connect.matching.MatchProposed"):
                self.read_at.setdefault(orjson.loads(record.value)["application_id"], now)
                async with self.news:
                    self.news.notify_all()

    async def first_for(self, application_id: str) -> float:
        """Wait for it."""
        async with in_time(ANSWER_WITHIN), self.news:
            await self.news.wait_for(lambda: application_id in self.read_at)
        return self.read_at[application_id]


@dataclass(frozen=True, slots=True)
class Journeys:
    """Validates applications and watches what comes of it."""

    desk: Desk
    proposals: Proposals
    intake: asyncpg.Connection
    matching: asyncpg.Connection

    async def sample(self, application_id: str) -> Hops:
        """One application, from its last review to its first proposal."""
        validating = asyncio.to_thread(self.desk.validate, application_id)
        read_at, _ = await asyncio.gather(self.proposals.first_for(application_id), validating)
        case = UUID(application_id)
        committed = await _commit_of(
            self.intake, "SELECT xmin, reviewed_at AS at FROM reviews WHERE application_id = $1", case
        )
        effect = await _commit_of(
            self.matching, "SELECT xmin, proposed_at AS at FROM proposals WHERE application_id = $1", case
        )
        return Hops((effect - committed).total_seconds() * 1e3, (read_at - committed.timestamp()) * 1e3)


async def _commit_of(connection: asyncpg.Connection, rows: str, case: UUID) -> datetime:
    """When the last of these rows was committed, by PostgreSQL's own note."""
    query = f"SELECT pg_xact_commit_timestamp(xmin) FROM ({rows}) AS found ORDER BY at DESC LIMIT 1"  # noqa: S608
    moment: datetime = await connection.fetchval(query, case)
    return moment


@asynccontextmanager
async def journeys(services: RunningServices, desk: Desk) -> AsyncIterator[Journeys]:
    """With an offer that fits, and matching aware of it."""
    intake, matching = [
        await asyncpg.connect(services.servers.postgres_dsn(f"connect_{name}", "postgres"))
        for name in ("intake", "matching")
    ]
    try:
        offer = UUID(await asyncio.to_thread(desk.publish_offer))
        async with in_time(ANSWER_WITHIN):
            while not await matching.fetchval("SELECT true FROM offers WHERE offer_id = $1", offer):
                await asyncio.sleep(0.05)
        async with reading(services.servers.kafka_bootstrap, PROPOSALS, PARTITIONS) as consumer:
            proposals = Proposals(consumer)
            watching = asyncio.create_task(proposals.keep_reading())
            yield Journeys(desk, proposals, intake, matching)
            watching.cancel()
    finally:
        await intake.close()
        await matching.close()
