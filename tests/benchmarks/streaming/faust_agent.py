"""The peer Faust: an agent that takes batches, or one event at a time, and acknowledges by itself.

Its settings are the fastest that lose nothing:

- Acknowledged by hand, after the commit (`noack_take`, `noack`). Otherwise Faust acknowledges an event, or a whole
  batch of `take`, when the agent's body is left in whatever way: after an exception it commits past what has failed.
- `CrashingSupervisor`: an exception ends the app, as a batch that stays undone ends ours. The default restarts the
  agent with the next event; as long as a partition has no committed offset, Faust then commits past the gap.
- `concurrency=1`: several agents share one queue and would handle two events of one application at once. Event by
  event, `isolated_partitions` gives each partition an agent of its own, so that their transactions overlap.
- `processing_guarantee` stays at least once: "exactly once" is about Kafka's own transactions, not PostgreSQL's.
- Values arrive as bytes; no tables, no web server, no producer, no leader's topic, Faust's repaired compiled paths.
- Offsets are committed every 10,000 events or 2.8 s, as by default: a bookmark only, the inbox knows the rest.
- The buffer between consumer and agent has room for a fetch, so that the consumer's thread is not paused in between.

What was tried to lose an event (not in these benchmarks): an exception in the first and in the fourth batch, at the
first and at the 300th single event; a member that joins and leaves meanwhile. With these settings nothing was lost;
with the default supervisor 445 of 15,000 were, after an exception in the first batch.
"""

import asyncio
from collections.abc import AsyncIterable
from dataclasses import dataclass
from typing import Any

import asyncpg
import faust
from faust.app.base import BootStrategy
from faust.types import EventT
from mode.supervisors import CrashingSupervisor

from services.monitor.streams.ending import end, make_endable
from shared.events.catalogue import PARTITIONS
from tests.benchmarks.streaming.effects import Connection, commit_batch, commit_one, nothing
from tests.benchmarks.streaming.stage import Stage

BATCH = 500
WITHIN = 0.2  # seconds that an incomplete batch waits for more


class _Boot(BootStrategy):
    enable_kafka_producer = False
    enable_web = False


class _App(faust.App):
    BootStrategy = _Boot
    mundane_level = "debug"

    def _create_directories(self) -> None:
        """Nothing is kept in files."""


@dataclass(slots=True)
class FaustAgent:
    """An app with one agent, a guest in this process. `batched`: a transaction for 500 events, or for each."""

    batched: bool
    done: int = 0

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        app = _app(stage)
        source = app.topic(stage.topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")
        at_once = 1 if self.batched else PARTITIONS
        connections = await asyncpg.create_pool(stage.dsn, min_size=at_once, max_size=at_once, reset=nothing)

        async def keep(stream: Any) -> None:
            async with connections.acquire() as connection:
                await (self._batches if self.batched else self._events)(stream, connection)

        app.agent(source, name="keep", concurrency=1, isolated_partitions=not self.batched)(keep)
        make_endable(app)
        await app.start()
        try:
            await stopping.wait()
        finally:
            await end(app)
            connections.terminate()

    async def _batches(self, stream: Any, connection: Connection) -> None:
        async for events in stream.noack_take(BATCH, within=WITHIN):
            delivered = [(event.headers, event.value) for event in events]
            self.done += await commit_batch(connection, delivered, set_based=True)
            for event in events:
                event.ack()

    async def _events(self, stream: Any, connection: Connection) -> None:
        events: AsyncIterable[EventT[Any]] = stream.noack().events()
        async for event in events:
            await commit_one(connection, dict(event.headers), event.value)
            event.ack()
            self.done += 1


def _app(stage: Stage) -> _App:
    return _App(
        stage.group,
        loop=asyncio.get_running_loop(),
        broker=f"kafka://{stage.kafka.bootstrap}",
        store="memory://",
        topic_disable_leader=True,
        topic_allow_declare=False,
        table_standby_replicas=0,
        stream_wait_empty=False,
        stream_buffer_maxsize=16_384,
        consumer_auto_offset_reset="earliest",
        cython_optimizations=True,
        agent_supervisor=CrashingSupervisor,
    )
