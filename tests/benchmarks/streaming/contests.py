"""Who is measured against whom, and at how much work."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from shared.events.catalogue import PARTITIONS
from shared.streaming.reactions import Batched
from tests.benchmarks.streaming.by_hand import ByHand
from tests.benchmarks.streaming.fast_stream import FastStreamPeer
from tests.benchmarks.streaming.faust_agent import FaustAgent
from tests.benchmarks.streaming.ours import Ours, keep_request, keep_requests
from tests.benchmarks.streaming.trials import Contestant

EVENTS = 30_000
ONE_BY_ONE_EVENTS = 2_000
BY_HAND = "aiokafka getmany and asyncpg, by hand"

MakeContestant = Callable[[], Contestant]

OURS = partial(Ours, Batched(keep_requests))
HAND_WRITTEN = partial(ByHand, set_based=True)


@dataclass(frozen=True, slots=True)
class Side:
    """Somebody, made anew for each trial, and how many events they are measured at."""

    make: MakeContestant
    events: int


@dataclass(frozen=True, slots=True)
class Contest:
    """Two sides with the same work. The pace counts, so a slow peer may be measured at fewer events."""

    name: str
    turns: int
    ours: Side
    peer: Side
    peer_name: str


CONTESTS = (
    Contest(
        "streaming.batched",
        5,
        Side(OURS, EVENTS),
        Side(HAND_WRITTEN, EVENTS),
        f"{BY_HAND}, one statement a batch",
    ),
    Contest(
        "streaming.one_by_one",
        3,
        Side(partial(Ours, keep_request), ONE_BY_ONE_EVENTS),
        Side(partial(ByHand, set_based=False), ONE_BY_ONE_EVENTS),
        f"{BY_HAND}, one statement an event",
    ),
    Contest(
        "streaming.faust",
        3,
        Side(OURS, EVENTS),
        Side(partial(FaustAgent, batched=True), EVENTS),
        "Faust, batches of 500 acknowledged after the commit",
    ),
    Contest(
        "streaming.faust_one_by_one",
        3,
        Side(OURS, EVENTS),
        Side(partial(FaustAgent, batched=False), ONE_BY_ONE_EVENTS),
        f"Faust, one by one, an agent for each of {PARTITIONS} partitions",
    ),
    Contest(
        "streaming.faststream",
        3,
        Side(OURS, EVENTS),
        Side(partial(FastStreamPeer, PARTITIONS), ONE_BY_ONE_EVENTS),
        f"FastStream, one by one, {PARTITIONS} workers",
    ),
)
