"""One run: everything is started, faults come among the events, all comes to rest, and the evidence is judged."""

import asyncio
import gc
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.embedded.testing import EmbeddedServers, ServerError
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics
from tests.chaos.checker import Verdict, judge
from tests.chaos.evidence import IN, OUT, collect
from tests.chaos.soak import faults
from tests.chaos.soak.cast import Cast, a_cast, in_a_thread
from tests.chaos.soak.result import Result
from tests.chaos.soak.schedule import Fault, Kind, make_schedule
from tests.chaos.soak.voices import Pace, applications_of, speaking
from tests.chaos.soak.watch import Tell, Watch
from tests.chaos.stage import Stage, a_stage

REST_WITHIN = 300.0
SEGMENT_BYTES = str(4 << 20)


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for: so many events, among which so many faults come, within so many seconds."""

    events: int
    faults: int
    seed: str
    seconds: float


@asynccontextmanager
async def servers_of_a_run() -> AsyncIterator[EmbeddedServers]:
    """A Kafka and a PostgreSQL of its own, with the topics."""
    servers = EmbeddedServers()
    try:
        await in_a_thread(servers.start)
        await ensure_topics(KafkaSettings(bootstrap=servers.kafka_bootstrap))
        await _roll_often(servers.kafka_bootstrap)
        yield servers
    finally:
        await in_a_thread(servers.stop)


async def _roll_often(bootstrap: str) -> None:
    """After a kill Kafka reads every open segment again: of a million events that would be a gigabyte each time."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        settings = {"segment.bytes": SEGMENT_BYTES}
        answers = await admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, topic, configs=settings) for topic in (IN, OUT)]
        )
        refused = [text for answer in answers for code, text, *_ in answer.resources if code]
        assert not refused, refused
    finally:
        await admin.close()


async def soak(servers: EmbeddedServers, order: Order, tell: Tell) -> Result:
    """Run it on these servers. Whatever comes out, no process of it is left."""
    pace = Pace(order.events)
    async with a_stage(servers) as stage, a_cast(stage) as cast:
        stage.applications = applications_of(order.seed)
        watch = Watch(stage.echo_dsn, pace, order.faults)
        tell("everything runs")
        looking = asyncio.create_task(watch.look(tell))
        try:
            troubles, cut_short = await _talk(cast, watch, order)
            tell("no more faults come; waiting until all is at rest")
            rest = await _rest(stage)
        finally:
            looking.cancel()
            watch.close()
        verdict = await _judge(stage, tell)
        done = Counter(str(fault.kind) for fault in watch.done)
        done[Kind.COMMIT_LOST] -= cast.spared
        return Result(
            seed=order.seed,
            events=order.events,
            wanted_faults=order.faults,
            seconds=round(watch.seconds, 1),
            counts=verdict.counts,
            faults=dict(sorted((+done).items())),
            cut_short=cut_short,
            violations=verdict.violations,
            troubles=(*troubles, *cast.ended, *rest),
        )


async def _talk(cast: Cast, watch: Watch, order: Order) -> tuple[list[str], bool]:
    """Say everything while the faults come; returns what went wrong, and whether the time was too short."""
    stage, troubles, limit = cast.stage, list[str](), asyncio.timeout(order.seconds)
    async with speaking(await stage.caller(), stage.applications, watch.pace, order.seed):
        try:
            async with limit:
                await _faults(cast, watch, make_schedule(order.events, order.faults, order.seed))
                await watch.until_heard(order.events)
        except TimeoutError:
            if not limit.expired():
                raise
        except (AssertionError, ServerError) as error:
            troubles.append(str(error))
        await cast.mend()
    return troubles, limit.expired()


async def _faults(cast: Cast, watch: Watch, schedule: list[Fault]) -> None:
    points = [*(fault.point for fault in schedule), watch.pace.goal]
    watch.pace.point = points[0]
    for number, fault in enumerate(schedule, start=1):
        await watch.until_heard(fault.point)
        watch.pace.point = points[number]
        await faults.do(cast, fault)
        watch.done.append(fault)


async def _rest(stage: Stage) -> list[str]:
    """Wait until everything has come to rest; returns what did not."""
    until_then = time.monotonic() + REST_WITHIN
    while True:
        try:
            await stage.at_rest()
            return []
        except AssertionError as error:
            if time.monotonic() > until_then:
                return [f"it did not come to rest: {error}"]


async def _judge(stage: Stage, tell: Tell) -> Verdict:
    began = time.monotonic()
    gc.disable()  # millions of small things, none of them garbage
    try:
        bootstrap = stage.servers.kafka_bootstrap
        evidence = await collect(bootstrap, stage.since, stage.echo_dsn, stage.caller_dsn)
        tell(f"the evidence was read in {time.monotonic() - began:.0f} s")
        verdict = await asyncio.to_thread(partial(judge, evidence))
        tell(f"and judged after {time.monotonic() - began:.0f} s")
        return verdict
    finally:
        gc.enable()
