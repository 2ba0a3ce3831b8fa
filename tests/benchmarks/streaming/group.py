"""Streaming: events and rows per second, against loops written by hand.

A further peer (a Faust agent, FastStream) is one more `Contestant` in `_contests`; one that needs a process of its own
starts it in `run` and counts `done` in the inbox.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

import uvloop

from deploy.embedded.testing import EmbeddedServers
from shared.primitives.readiness import Readiness
from shared.streaming.reactions import Batched
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics
from shared.telemetry.metrics import Outcome
from tests.benchmarks.figures import Figure, compared, in_turns
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.streaming.by_hand import ByHand, relay
from tests.benchmarks.streaming.material import fill_inbox, fill_outbox, fill_topic
from tests.benchmarks.streaming.ours import Ours, keep_request, keep_requests
from tests.benchmarks.streaming.stage import SERVICE, Stage, make_template, open_stage
from tests.benchmarks.streaming.trials import Contestant, Pace, Run, check_effects, pace, relay_pace

EVENTS, ONE_BY_ONE_EVENTS, ROWS = 30_000, 5_000, 20_000
TURNS = 3
BY_HAND = "aiokafka getmany and asyncpg, by hand"

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
Trial = Callable[[], Awaitable[Pace]]
MakeContestant = Callable[[], Contestant]


OURS = partial(Ours, Batched(keep_requests))
HAND_WRITTEN = partial(ByHand, set_based=True)


@dataclass(frozen=True, slots=True)
class Contest:
    """Two contestants with the same work, made anew for each trial."""

    name: str
    events: int
    ours: MakeContestant
    peer: MakeContestant
    peer_name: str


def _contests() -> tuple[Contest, ...]:
    a_batch, an_event = f"{BY_HAND}, one statement a batch", f"{BY_HAND}, one statement an event"
    one_by_one = partial(Ours, keep_request), partial(ByHand, set_based=False)
    return (
        Contest("streaming.batched", EVENTS, OURS, HAND_WRITTEN, a_batch),
        Contest("streaming.one_by_one", ONE_BY_ONE_EVENTS, *one_by_one, an_event),
    )


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
        fresh = await make_template(self.servers)
        for contest in _contests():
            await self._effects(contest, fresh)
        await self._duplicates(await make_template(self.servers, lambda connection: fill_inbox(connection, ids)))
        await self._relays(await make_template(self.servers, lambda connection: fill_outbox(connection, ROWS)))

    async def _effects(self, contest: Contest, template: str) -> None:
        async def trial(make: MakeContestant) -> Pace:
            async with open_stage(self.servers, template) as stage:
                found = await pace(make(), stage, contest.events)
                await check_effects(stage, contest.events)
                return found

        ours, peer = partial(trial, contest.ours), partial(trial, contest.peer)
        await self._compare(contest.name, "events", contest.peer_name, ours, peer)

    async def _duplicates(self, template: str) -> None:
        """Everything comes once more, and nothing may happen."""

        async def trial(make: MakeContestant) -> Pace:
            async with open_stage(self.servers, template) as stage:
                found = await pace(make(), stage, EVENTS)
                await check_effects(stage, 0, claimed=EVENTS)
                return found

        ours = partial(trial, partial(OURS, outcome=Outcome.DUPLICATE))
        peer = partial(trial, partial(HAND_WRITTEN, known=True))
        await self._compare("streaming.duplicates", "events", BY_HAND, ours, peer)

    async def _relays(self, template: str) -> None:
        async def trial(relay: Callable[[Stage], Run]) -> Pace:
            async with open_stage(self.servers, template) as stage:
                return await relay_pace(relay(stage), stage, ROWS)

        ours, peer = partial(trial, _our_relay), partial(trial, _relay_by_hand)
        await self._compare("streaming.relay", "rows", "select, idempotent send, delete, by hand", ours, peer)

    async def _compare(self, name: str, what: str, peer_name: str, ours: Trial, peer: Trial) -> None:
        self.tell(f"{name}: {TURNS} turns")
        turns = await in_turns(ours, peer, TURNS)
        paces = [(mine.per_second, other.per_second) for mine, other in turns]
        self.report(compared(name, f"{what}/s", peer_name, paces, "higher", floor=FLOORS.get(name)))
        costs = [(mine.cpu_microseconds, other.cpu_microseconds) for mine, other in turns]
        self.report(compared(f"{name}.cpu", f"µs of our process per {what[:-1]}", peer_name, costs, "lower"))


def _our_relay(stage: Stage) -> Run:
    return Relay(SERVICE, stage.postgres, stage.kafka, Readiness()).run


def _relay_by_hand(stage: Stage) -> Run:
    return partial(relay, stage)


def measure(report: Report, tell: Tell) -> None:
    """Start servers, run every contest, report each figure as soon as it is known."""
    servers = EmbeddedServers(durable=True)
    try:
        tell("streaming: starting Kafka and PostgreSQL")
        servers.start()
        uvloop.run(_Group(servers, report, tell).all())
    finally:
        servers.stop()
