"""From ApplicationValidated to MatchProposed with a million offers, against a thousand.

Timed is the way from the event's sending to the reading of the first proposal, over Kafka, and the reaction alone: from
the message in hand to the commit of its proposals. The applications are the same for both, those that find enough among
the thousand, so that both propose as much.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import uuid4

import uvloop
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.embedded.testing import EmbeddedServers
from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate, Request, Scale
from services.matching.wiring import SERVICE
from shared.primitives.ids import new_id
from shared.primitives.readiness import Readiness
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics
from tests.benchmarks.figures import Figure, TrialError, compared, percentile
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.journey.hops import PARTITIONS, PROPOSALS, Proposals, reading
from tests.benchmarks.matching.filled import Filled, Tell, filled
from tests.benchmarks.matching.places import places
from tests.benchmarks.matching.starting import measure_starts, read_all
from tests.builders.market import Market
from tests.builders.market_events import validated
from tests.integration.shared.arriving import Arriving

MANY, FEW = 1_000_000, 1_000
TURNS, APPLICATIONS, WARM_UP, PROPOSED = 3, 100, 50, 3

Report = Callable[[Figure], None]
Proposes = Callable[[Request], Awaitable[float]]


def measure(report: Report, tell: Tell) -> None:
    """Fill two databases, read them, and let both propose in turns."""
    servers = EmbeddedServers(durable=True)
    servers.start()
    try:
        uvloop.run(_measure(servers, report, tell))
    finally:
        servers.stop()


async def _measure(servers: EmbeddedServers, report: Report, tell: Tell) -> None:
    market, kafka = Market(11, places()), KafkaSettings(bootstrap=servers.kafka_bootstrap)
    few = list(market.offers(FEW, organisations=FEW // 3))
    await ensure_topics(kafka)
    async with filled(servers, iter(few), tell) as small, filled(servers, _more(market, few), tell) as large:
        await read_all(small, lambda _: None)
        for figure in await measure_starts(large, MANY, tell):
            report(figure)
        asked = _asked(market, few)
        await _compare("matching.reaction.p50", Reacting(small).proposes, Reacting(large).proposes, asked, report, tell)
        async with (
            reading(servers.kafka_bootstrap, PROPOSALS, PARTITIONS) as consumer,
            AIOKafkaProducer(**kafka.client_options(), enable_idempotence=True) as producer,
        ):
            proposals = Proposals(consumer)
            watching = asyncio.create_task(proposals.keep_reading())
            async with (
                _hearing(small, kafka, producer, proposals) as one,
                _hearing(large, kafka, producer, proposals) as other,
            ):
                await _compare("matching.proposing.p50", one.proposes, other.proposes, asked, report, tell)
            watching.cancel()


async def _compare(
    name: str,
    small: Proposes,
    large: Proposes,
    asked: list[Request],
    report: Report,
    tell: Tell,
) -> None:
    for one in asked[:WARM_UP]:
        await small(one)
        await large(one)
    runs = []
    for turn in range(TURNS):
        tell(f"{name}: turn {turn + 1} of {TURNS}")
        taken: dict[bool, list[float]] = {True: [], False: []}
        for number, one in enumerate(asked):
            for is_large in (number % 2 == 0, number % 2 == 1):
                taken[is_large].append(await (large if is_large else small)(one))
        runs.append((percentile(taken[True], 0.5), percentile(taken[False], 0.5)))
    report(compared(name, "ms", "with 1,000 offers", runs, "lower", floor=FLOORS.get(name)))


@dataclass
class Reacting:
    """A reaction without Kafka."""

    filled: Filled
    arriving: Arriving = field(default_factory=Arriving)

    async def proposes(self, asked: Request) -> float:
        """Milliseconds from the message to the commit of its proposals."""
        event = validated(replace(asked, application_id=new_id()))
        message = self.arriving.message(event)
        begun = time.perf_counter()
        await BatchProcessor(self.filled.database, SERVICE.reactions).process([message])
        taken = (time.perf_counter() - begun) * 1e3
        found = await self.filled.database.pool.fetchval(
            "SELECT count(*) FROM proposals WHERE application_id = $1", event.application_id
        )
        if found != PROPOSED:
            raise TrialError(f"{found} proposals for an application that finds {PROPOSED}")
        return taken


@dataclass
class Hearing:
    """A consumer and a relay beside the database, and a topic that they alone hear."""

    topic: str
    producer: AIOKafkaProducer
    proposals: Proposals
    arriving: Arriving = field(default_factory=Arriving)

    async def proposes(self, asked: Request) -> float:
        """Milliseconds from the sending of the event to the reading of its first proposal."""
        event = validated(replace(asked, application_id=new_id()))
        message = self.arriving.message(event)
        assert message.key is not None
        begun = time.time()
        sent = await self.producer.send(
            self.topic, message.value, key=message.key.encode(), headers=list(message.headers)
        )
        await sent
        return (await self.proposals.first_for(str(event.application_id)) - begun) * 1e3


@asynccontextmanager
async def _hearing(
    side: Filled, kafka: KafkaSettings, producer: AIOKafkaProducer, proposals: Proposals
) -> AsyncIterator[Hearing]:
    topic, stopping = f"benchmark.{uuid4().hex[:12]}", asyncio.Event()
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()
    processor = BatchProcessor(side.database, SERVICE.reactions)
    consumer = Consumer(group=topic, topics=(topic,), settings=kafka, processor=processor, readiness=Readiness())
    relay = Relay(SERVICE.name, side.postgres, kafka, Readiness(), side.database.outbox_filled)
    async with asyncio.TaskGroup() as group:
        group.create_task(consumer.run(stopping))
        group.create_task(relay.run(stopping))
        yield Hearing(topic, producer, proposals)
        stopping.set()


def _more(market: Market, few: list[Candidate]) -> Iterator[Candidate]:
    yield from few
    yield from market.offers(MANY - FEW, organisations=MANY // 3)


def _asked(market: Market, few: list[Candidate]) -> list[Request]:
    index = OfferIndex()
    for one in few:
        index.put(one)
    found: list[Request] = []
    while len(found) < APPLICATIONS:
        request = market.request(FEW // 3)
        if index.search(request, Scale(), top=PROPOSED).passed >= PROPOSED:
            found.append(request)
    return found
