"""Which faults a run brings, and when: the list that a seed makes before anything is started.

For given numbers of events and faults a seed fixes how many faults of each kind there are, their order, what each is
done to, how long it lasts, and its point: the number of events that the echo must have heard before it comes. Points
are not moments, so a slow machine meets the same faults among the same events as a fast one.

A seed can't fix what threads, processes and the network do with their time: which statement of a transaction a kill
meets, how many messages are on their way, who of two waiting transactions is first. So a seed that found something
finds it often, not always: run it several times.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from tests.chaos.proxy import Cut


class Kind(StrEnum):
    """What is done; the names stand in the line of counts."""

    KILLED = "killed"  # kill -9 of a process, and another is started in its place at once
    FROZEN = "frozen"  # SIGSTOP, and SIGCONT after some seconds
    SESSION_ENDED = "session-ended"  # PostgreSQL ends the session of a relay, and with it the lock
    COMMIT_LOST = "commit-lost"  # the connection breaks before a COMMIT, or before its reply
    REPEATED = "repeated"  # some of the latest messages are written to the topic again
    JOINED = "joined"  # one more member, without a name of its own, which must be given partitions
    LEFT = "left"  # that member ends in order
    KAFKA_KILLED = "kafka-killed"
    KAFKA_RESTARTED = "kafka-restarted"  # stopped in order, and started
    POSTGRES_KILLED = "postgres-killed"
    POSTGRES_RESTARTED = "postgres-restarted"


MEMBERS = ("member-1", "member-2")
RELAYS = ("relay", "caller-relay")
ROLES = (*MEMBERS, *RELAYS)

TARGETS: dict[Kind, Sequence[str]] = {
    Kind.KILLED: ROLES,
    Kind.FROZEN: ROLES,
    Kind.SESSION_ENDED: RELAYS,
    Kind.COMMIT_LOST: tuple(Cut),
}
# Seconds from the shortest to the longest: how long something is frozen or away.
LASTING: dict[Kind, tuple[float, float]] = {
    Kind.FROZEN: (0.5, 6.0),
    Kind.KAFKA_KILLED: (0.0, 2.0),
    Kind.KAFKA_RESTARTED: (0.0, 2.0),
    Kind.POSTGRES_KILLED: (0.0, 2.0),
    Kind.POSTGRES_RESTARTED: (0.0, 2.0),
}
# How often a kind is drawn once each has come. A restart of Kafka costs as many seconds as all the others together.
WEIGHTS: dict[Kind, int] = {
    Kind.KILLED: 12,
    Kind.FROZEN: 4,
    Kind.SESSION_ENDED: 4,
    Kind.COMMIT_LOST: 4,
    Kind.REPEATED: 3,
    Kind.JOINED: 2,
    Kind.LEFT: 2,
    Kind.KAFKA_KILLED: 1,
    Kind.KAFKA_RESTARTED: 1,
    Kind.POSTGRES_KILLED: 2,
    Kind.POSTGRES_RESTARTED: 1,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is done, once `point` events have been heard. `target`: to what, where there is a choice."""

    point: int
    kind: Kind
    target: str = ""
    seconds: float = 0.0

    def __str__(self) -> str:
        lasting = f" {self.seconds} s" if self.seconds else ""
        return f"{self.point:>9,}  {self.kind}{' ' if self.target else ''}{self.target}{lasting}"


def make_schedule(events: int, faults: int, seed: str) -> list[Fault]:
    """The faults of a run in their order. Every kind comes at least once if there are as many faults as kinds."""
    rng = random.Random(f"{seed}/{events}/{faults}")
    # Before the first everything has started to flow, and after the last something comes that shows its damage.
    points = sorted(rng.randrange(events // 20, events - events // 20) for _ in range(faults))
    return [_fault(rng, point, kind) for point, kind in zip(points, _members_in_turn(_kinds(rng, faults)), strict=True)]


def _kinds(rng: random.Random, count: int) -> list[Kind]:
    kinds = [*Kind][:count]
    kinds += rng.choices([*WEIGHTS], [*WEIGHTS.values()], k=count - len(kinds))
    rng.shuffle(kinds)
    return kinds


def _members_in_turn(kinds: Sequence[Kind]) -> Iterator[Kind]:
    """Nobody leaves who has not joined."""
    turn = 0
    for kind in kinds:
        if kind in (Kind.JOINED, Kind.LEFT):
            yield (Kind.JOINED, Kind.LEFT)[turn % 2]
            turn += 1
        else:
            yield kind


def _fault(rng: random.Random, point: int, kind: Kind) -> Fault:
    target = rng.choice(TARGETS[kind]) if kind in TARGETS else ""
    seconds = round(rng.uniform(*LASTING[kind]), 1) if kind in LASTING else 0.0
    return Fault(point, kind, str(target), seconds)
