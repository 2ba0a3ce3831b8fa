"""Ends the process by SIGKILL, or freezes it by SIGSTOP, at a chosen place of the guarantees' code and passage.

`CHAOS_KILL=before-commit:3` lets two transactions pass and dies in the third, after its last statement and before its
COMMIT; with CHAOS_STOP it is frozen there. The product knows nothing of this: the functions are wrapped when a test
service starts. CHAOS_BATCH=20 lets consumer and relay take 20 at once, so that a few hundred events make many passages.
TIMES shortens what would take too long for a test.
"""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Any

from aiokafka import AIOKafkaProducer

from shared.hosting import process
from shared.postgres import inbox, outbox, pool
from shared.streaming import bookmark, consumer, relay
from shared.streaming.bookmark import Bookmark
from shared.streaming.consumer import Consumer

Function = Callable[..., Awaitable[Any]]

# The variable, and what it sets: a number of seconds, or a time as PostgreSQL writes it.
TIMES: Mapping[str, tuple[object, str, type]] = {
    "CHAOS_GIVE_UP_AFTER": (consumer, "GIVE_UP_AFTER", float),  # for so long a batch may fail
    "CHAOS_FIRST_BACKOFF": (consumer, "FIRST_BACKOFF", float),  # for about so long a batch that failed is held back
    "CHAOS_POLL_WITHIN": (consumer, "POLL_WITHIN", float),  # for so long a batch may be in work
    "CHAOS_ACKNOWLEDGED_WITHIN": (relay, "ACKNOWLEDGED_WITHIN", float),  # for so long Kafka may take
    "CHAOS_RELAY_IDLE": (relay, "IDLE", str),  # after such a silence the server ends the relay's session
    "CHAOS_ANSWER_WITHIN": (pool, "ANSWER_WITHIN", float),  # for so long a statement may wait
    "CHAOS_IDLE_IN_TRANSACTION": (pool, "IDLE_IN_TRANSACTION", str),  # after that the server undoes a transaction
}


class KillPoint(StrEnum):
    """Where a process dies."""

    AFTER_CLAIM = "after-claim"  # ids are claimed, nothing else is written yet
    BEFORE_COMMIT = "before-commit"  # claim, state and outbox are written and not committed
    BEFORE_OFFSETS = "before-offsets"  # PostgreSQL has committed, Kafka does not know
    AFTER_OFFSETS = "after-offsets"  # both know
    BEFORE_SEND = "before-send"  # the relay has read rows and sent none
    MID_SEND = "mid-send"  # the relay has handed some rows to its producer and not yet the others
    BEFORE_DELETE = "before-delete"  # Kafka has acknowledged the rows and they are still in the outbox


def arm(environment: Mapping[str, str]) -> None:
    """Prepare this process as the environment says; without such variables it stays as it is."""
    own: dict[str, Any] = {}
    if batch := environment.get("CHAOS_BATCH"):
        own["batch_size"] = int(batch)
        _set(relay, "AT_ONCE", int(batch))
    if seconds := environment.get("CHAOS_SESSION"):  # until the group takes a silent member for dead
        own["session"] = float(seconds)
    _set(process, "Consumer", partial(Consumer, **own))
    for variable, (owner, name, kind) in TIMES.items():
        if variable in environment:
            _set(owner, name, kind(environment[variable]))
    for variable, how in (("CHAOS_KILL", signal.SIGKILL), ("CHAOS_STOP", signal.SIGSTOP)):
        if order := environment.get(variable):
            point, passage = order.split(":")
            _arm(KillPoint(point), _signal_at(int(passage), how))


def _arm(point: KillPoint, die: Callable[[], None]) -> None:
    match point:
        case KillPoint.AFTER_CLAIM:
            _wrap(inbox, "claim", after=die, only_if=_something_last)
        case KillPoint.BEFORE_COMMIT:
            # The last statement of a unit of work; a unit without announcements is not one of the consumer's.
            _wrap(outbox, "store", after=die, only_if=_something_last)
        case KillPoint.BEFORE_OFFSETS:
            _set(bookmark, "BEHIND", 0.0)  # each batch tells its own offsets, so there are as many passages as batches
            _wrap(Bookmark, "commit", before=die)
        case KillPoint.AFTER_OFFSETS:
            _set(bookmark, "BEHIND", 0.0)
            _wrap(Bookmark, "commit", after=die)
        case KillPoint.BEFORE_SEND:
            _wrap(relay, "send", before=die)
        case KillPoint.MID_SEND:
            _wrap(AIOKafkaProducer, "send", after=die)
        case KillPoint.BEFORE_DELETE:
            _wrap(outbox, "delete", before=die)


def _nothing() -> None:
    return


def _always(*_: object) -> object:
    return True


def _something_last(*arguments: object) -> object:
    return arguments[-1]


def _wrap(
    owner: object,
    name: str,
    *,
    before: Callable[[], None] = _nothing,
    after: Callable[[], None] = _nothing,
    only_if: Callable[..., object] = _always,
) -> None:
    function: Function = getattr(owner, name)

    async def wrapped(*arguments: Any, **named: Any) -> Any:
        counts = only_if(*arguments)
        if counts:
            before()
        answer = await function(*arguments, **named)
        if counts:
            after()
        return answer

    _set(owner, name, wrapped)


def _set(owner: object, name: str, value: object) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name} any more: the kill points must follow it")
    setattr(owner, name, value)


def _signal_at(passage: int, how: signal.Signals) -> Callable[[], None]:
    passages = count(1)

    def die() -> None:
        if next(passages) == passage:
            os.kill(os.getpid(), how)

    return die
