"""Ends the process by SIGKILL at a chosen place of the guarantees' code, at a chosen passage.

`CHAOS_KILL=before-commit:3` lets two transactions pass and dies in the third, after its last statement and before its
COMMIT. The product knows nothing of this: the functions are wrapped when a test service starts. CHAOS_BATCH=20 lets
consumer and relay take 20 at once, so that a few hundred events make many passages; CHAOS_GIVE_UP_AFTER shortens the
15 minutes that a batch may fail, CHAOS_ACKNOWLEDGED_WITHIN the 20 seconds that Kafka may take.
"""

import os
import signal
from collections.abc import Awaitable, Callable, Mapping
from enum import StrEnum
from functools import partial
from itertools import count
from typing import Any

from shared.hosting import process
from shared.postgres import inbox, outbox
from shared.streaming import consumer, relay
from shared.streaming.consumer import Consumer

Function = Callable[..., Awaitable[Any]]


class KillPoint(StrEnum):
    """Where a process dies."""

    AFTER_CLAIM = "after-claim"  # ids are claimed, nothing else is written yet
    BEFORE_COMMIT = "before-commit"  # claim, state and outbox are written and not committed
    BEFORE_OFFSETS = "before-offsets"  # PostgreSQL has committed, Kafka does not know
    AFTER_OFFSETS = "after-offsets"  # both know
    BEFORE_SEND = "before-send"  # the relay has read rows and sent none
    BEFORE_DELETE = "before-delete"  # Kafka has acknowledged the rows and they are still in the outbox


def arm(environment: Mapping[str, str]) -> None:
    """Prepare this process as the environment says; without such variables it stays as it is."""
    if batch := environment.get("CHAOS_BATCH"):
        _set(process, "Consumer", partial(Consumer, batch_size=int(batch)))
        _set(relay, "AT_ONCE", int(batch))
    if seconds := environment.get("CHAOS_GIVE_UP_AFTER"):
        _set(consumer, "GIVE_UP_AFTER", float(seconds))
    if seconds := environment.get("CHAOS_ACKNOWLEDGED_WITHIN"):
        _set(relay, "ACKNOWLEDGED_WITHIN", float(seconds))
    if order := environment.get("CHAOS_KILL"):
        point, passage = order.split(":")
        _arm(KillPoint(point), _die_at(int(passage)))


def _arm(point: KillPoint, die: Callable[[], None]) -> None:
    match point:
        case KillPoint.AFTER_CLAIM:
            _wrap(inbox, "claim", after=die, only_if=_something_last)
        case KillPoint.BEFORE_COMMIT:
            # The last statement of a unit of work; a unit without announcements is not one of the consumer's.
            _wrap(outbox, "store", after=die, only_if=_something_last)
        case KillPoint.BEFORE_OFFSETS:
            _wrap(Consumer, "_commit", before=die)
        case KillPoint.AFTER_OFFSETS:
            _wrap(Consumer, "_commit", after=die)
        case KillPoint.BEFORE_SEND:
            _wrap(relay, "send", before=die)
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

    async def wrapped(*arguments: Any) -> Any:
        counts = only_if(*arguments)
        if counts:
            before()
        answer = await function(*arguments)
        if counts:
            after()
        return answer

    _set(owner, name, wrapped)


def _set(owner: object, name: str, value: object) -> None:
    if not hasattr(owner, name):
        raise AttributeError(f"{owner} has no {name} any more: the kill points must follow it")
    setattr(owner, name, value)


def _die_at(passage: int) -> Callable[[], None]:
    passages = count(1)

    def die() -> None:
        if next(passages) == passage:
            os.kill(os.getpid(), signal.SIGKILL)

    return die
