"""One process of a service and two, at the same work: what the second adds, and who takes the machine's cores."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from uuid import uuid4

import psutil
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.events.catalogue import PARTITIONS
from shared.streaming.settings import KafkaSettings
from tests.benchmarks.figures import in_time
from tests.benchmarks.streaming.material import envelopes
from tests.benchmarks.streaming.member import service_process
from tests.benchmarks.streaming.stage import Stage
from tests.benchmarks.streaming.trials import AT_MOST, LOOK_EVERY

WHO = ("kafka", "postgresql", "ours", "others", "nobody")


@dataclass(frozen=True, slots=True)
class Shared:
    """How fast the members were together, and who had which share of the machine's processor time meanwhile (in %)."""

    per_second: float
    shares: dict[str, float]


async def shared_work(stage: Stage, members: int, events: int) -> Shared:
    """So many members of one group at so many events.

    All of them have joined before the first event can be read, so neither the start of a process nor a rebalance is
    counted: the events are written in one transaction of Kafka, which is committed when everybody is there.
    """
    async with _hidden(stage.kafka, events) as (topic, producer), AsyncExitStack() as stack:
        there = [await stack.enter_async_context(service_process(replace(stage, topic=topic))) for _ in range(members)]
        async with in_time(AT_MOST):
            while not all(member.joined for member in there):
                await asyncio.sleep(LOOK_EVERY)
            before, begun = _used(member.process.pid for member in there), time.perf_counter()
            await producer.commit_transaction()
            while sum(member.done for member in there) < events:
                await asyncio.sleep(LOOK_EVERY)
        seconds = time.perf_counter() - begun
        after = _used(member.process.pid for member in there)
    return Shared(events / seconds, _shares(before, after, seconds))


@asynccontextmanager
async def _hidden(kafka: KafkaSettings, events: int) -> AsyncIterator[tuple[str, AIOKafkaProducer]]:
    """A topic of its own with events that nobody can read before the producer commits its transaction."""
    topic = f"intake.bench-{uuid4().hex[:12]}"
    admin = AIOKafkaAdminClient(**kafka.client_options())
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=PARTITIONS, replication_factor=1)])
        async with AIOKafkaProducer(
            **kafka.client_options(), transactional_id=topic, transaction_timeout_ms=120_000, max_batch_size=131_072
        ) as producer:
            await producer.begin_transaction()
            for said in envelopes(events):
                await producer.send(topic, said.value(), key=said.subject.encode(), headers=list(said.headers()))
            await producer.flush()
            yield topic, producer
        await admin.delete_topics([topic])
    finally:
        await admin.close()


def _used(members: Iterable[int]) -> dict[str, float]:
    """Processor seconds so far, of each party."""
    children = psutil.Process().children(recursive=True)
    return {
        "kafka": _seconds(process for process in children if process.name() == "java"),
        "postgresql": _seconds(process for process in children if process.name() == "postgres"),
        "ours": _seconds(psutil.Process(pid) for pid in members),
        "all": _busy(),
    }


def _seconds(processes: Iterable[psutil.Process]) -> float:
    used = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):  # a worker of PostgreSQL that has just ended
            times = process.cpu_times()
            used += times.user + times.system
    return used


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _shares(before: dict[str, float], after: dict[str, float], seconds: float) -> dict[str, float]:
    whole = seconds * (os.cpu_count() or 1)
    spent = {name: 100 * (after[name] - before[name]) / whole for name in before}
    everything = spent.pop("all")
    named = sum(spent.values())
    return spent | {"others": max(0.0, everything - named), "nobody": max(0.0, 100 - max(everything, named))}
