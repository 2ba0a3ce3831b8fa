"""Streaming: events and rows per second, against peers and against ourselves with a longer past."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import uvloop

from deploy.embedded.testing import EmbeddedServers
from shared.primitives.readiness import Readiness
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics
from shared.telemetry.metrics import Outcome
from tests.benchmarks.figures import Better, Figure, alone, compared, in_turns
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.streaming.by_hand import relay
from tests.benchmarks.streaming.contests import BY_HAND, CONTESTS, EVENTS, HAND_WRITTEN, OURS, Side
from tests.benchmarks.streaming.growth import FEW, LEFT, MANY, VERY_MANY, fill_outbox_after_many, fill_past
from tests.benchmarks.streaming.material import fill_inbox, fill_outbox, fill_topic
from tests.benchmarks.streaming.processes import WHO, Shared, shared_work
from tests.benchmarks.streaming.stage import SERVICE, Fill, Stage, make_template, open_stage
from tests.benchmarks.streaming.trials import Pace, Run, check_effects, pace, relay_pace

ROWS, BACKLOG = 20_000, 200_000

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
Trial = Callable[[], Awaitable[Pace]]


@dataclass(frozen=True, slots=True)
class _Group:
    servers: EmbeddedServers
    report: Report
    tell: Tell

    async def all(self) -> None:
        kafka = KafkaSettings(bootstrap=self.servers.kafka_bootstrap)
        await ensure_topics(kafka)
        self.tell(f"streaming: writing {EVENTS} events")
        ids = await fill_topic(kafka, EVENTS)
        fresh = await self._template()
        for contest in CONTESTS:
            sides = self._effects(contest.ours, fresh), self._effects(contest.peer, fresh)
            await self._compare(contest.name, "events", contest.peer_name, *sides, turns=contest.turns)
        await self._duplicates(await self._template(lambda connection: fill_inbox(connection, ids)))
        await self._relays()
        await self._growth("streaming.growth", MANY, turns=5)
        if os.environ.get("LONG"):
            await self._growth("streaming.growth_long", VERY_MANY, turns=5)
        await self._processes(fresh)

    async def _template(self, fill: Fill | None = None) -> str:
        return await make_template(self.servers, fill)

    def _effects(self, side: Side, template: str, *, claimed: int = 0) -> Trial:
        """Everything that comes has its effect once. `claimed` events were there before."""

        async def trial() -> Pace:
            async with open_stage(self.servers, template) as stage:
                found = await pace(side.make(), stage, side.events)
                await check_effects(stage, side.events, claimed=claimed)
                return found

        return trial

    async def _duplicates(self, template: str) -> None:
        """Everything comes once more, and nothing may happen."""

        async def trial(side: Side) -> Pace:
            async with open_stage(self.servers, template) as stage:
                found = await pace(side.make(), stage, EVENTS)
                await check_effects(stage, 0, claimed=EVENTS)
                return found

        ours = partial(trial, Side(partial(OURS, outcome=Outcome.DUPLICATE), EVENTS))
        peer = partial(trial, Side(partial(HAND_WRITTEN, known=True), EVENTS))
        await self._compare("streaming.duplicates", "events", BY_HAND, ours, peer, turns=3)

    async def _relays(self) -> None:
        few = await self._template(lambda connection: fill_outbox(connection, ROWS))
        by_hand = "select, idempotent send, delete, by hand"
        ours = self._relay(_our_relay, few, ROWS)
        await self._compare("streaming.relay", "rows", by_hand, ours, self._relay(_by_hand, few, ROWS), turns=5)
        left = await self._template(lambda connection: fill_outbox_after_many(connection, ROWS))
        name, before = "streaming.relay_after_many", f"the same before {LEFT:,} rows had left"
        await self._compare(name, "rows", before, self._relay(_our_relay, left, ROWS), ours, turns=3)
        backlog = await self._template(lambda connection: fill_outbox(connection, BACKLOG))
        name, short = "streaming.relay_backlog", f"the same with {ROWS:,} rows and not {BACKLOG:,}"
        await self._compare(name, "rows", short, self._relay(_our_relay, backlog, BACKLOG), ours, turns=2)

    def _relay(self, relay: Callable[[Stage], Run], template: str, rows: int) -> Trial:
        async def trial() -> Pace:
            async with open_stage(self.servers, template) as stage:
                return await relay_pace(relay(stage), stage, rows)

        return trial

    async def _growth(self, name: str, past: int, turns: int) -> None:
        """The time of an event when so many have come before it, to that when few have."""
        self.tell(f"{name}: a past of {past:,} events")
        few, many = [await self._template(partial(fill_past, events=number)) for number in (FEW, past)]
        side = Side(OURS, EVENTS)
        ours, peer = self._effects(side, many, claimed=past), self._effects(side, few, claimed=FEW)
        self.tell(f"{name}: {turns} turns")
        costs = [(1e6 / mine.per_second, 1e6 / other.per_second) for mine, other in await in_turns(ours, peer, turns)]
        self._report(name, "µs per event", f"ours after {FEW:,} events, not {past:,}", costs, "lower")

    async def _processes(self, fresh: str) -> None:
        name = "streaming.two_processes"

        async def trial(members: int) -> Shared:
            async with open_stage(self.servers, fresh) as stage:
                found = await shared_work(stage, members, EVENTS)
                await check_effects(stage, EVENTS)
                return found

        self.tell(f"{name}: 3 turns")
        turns = await in_turns(partial(trial, 2), partial(trial, 1), 3)
        paces = [(two.per_second, one.per_second) for two, one in turns]
        self._report(name, "events/s", "one process", paces, "higher")
        for who in WHO:
            for number, label in enumerate(("two_processes", "one_process")):
                shares = [turn[number].shares[who] for turn in turns]
                self.report(alone(f"streaming.{label}.share.{who}", "% of the processors", shares, "lower"))

    async def _compare(self, name: str, what: str, peer_name: str, ours: Trial, peer: Trial, *, turns: int) -> None:
        self.tell(f"{name}: {turns} turns")
        found = await in_turns(ours, peer, turns)
        paces = [(mine.per_second, other.per_second) for mine, other in found]
        self._report(name, f"{what}/s", peer_name, paces, "higher")
        costs = [(mine.cpu_microseconds, other.cpu_microseconds) for mine, other in found]
        self._report(f"{name}.cpu", f"µs of our process per {what[:-1]}", peer_name, costs, "lower")

    def _report(
        self, name: str, unit: str, peer_name: str, runs: Sequence[tuple[float, float]], better: Better
    ) -> None:
        self.report(compared(name, unit, peer_name, runs, better, floor=FLOORS.get(name)))


def _our_relay(stage: Stage) -> Run:
    return Relay(SERVICE, stage.postgres, stage.kafka, Readiness()).run


def _by_hand(stage: Stage) -> Run:
    return partial(relay, stage)


def measure(report: Report, tell: Tell) -> None:
    """Start servers, run every contest, report each figure as soon as it is known. LONG=1 adds a past of 10 million."""
    servers = EmbeddedServers(durable=True)
    try:
        tell("streaming: starting Kafka and PostgreSQL")
        servers.start()
        uvloop.run(_Group(servers, report, tell).all())
    finally:
        servers.stop()
