"""One batch of messages as one transaction: claim, react, announce, commit.

A batch is tried at full speed first. If one of its events can't be used (the rules or a constraint refuse it), the
whole transaction is rolled back and the batch is taken again carefully: each event in a savepoint of its own, the bad
ones set aside as dead letters. Anything else that goes wrong leaves the batch undone, for the consumer to try again
later.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import asyncpg

from shared.events.catalogue import entry_of
from shared.events.envelope import TOLD_OTHERWISE
from shared.postgres import inbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.errors import Rejected, TryAgain
from shared.streaming import dead_letters
from shared.streaming.message import Broken, Message, Readable, read
from shared.streaming.reactions import Batched, Reaction, Reactions
from shared.telemetry import metrics
from shared.telemetry.logging import bound, get_logger
from shared.telemetry.metrics import Outcome
from shared.telemetry.tracing import SpanKind, span

log = get_logger(__name__)

# A second try can't mend these: the event asks for something that the rules or the database's constraints refuse.
POISON = (Rejected, asyncpg.IntegrityConstraintViolationError, asyncpg.DataError)
Counts = Counter[tuple[str, Outcome]]
Place = tuple[str, str]  # a topic and a key


class TooManyDeadLetters(TryAgain):
    """So many events are refused that the fault is probably ours: stop, and let an operator look."""


@dataclass(frozen=True, slots=True)
class DeadLetterLimit:
    """More dead letters than `count` within the last `minutes` halt the consumer."""

    count: int = 100
    minutes: int = 10


@dataclass(frozen=True, slots=True)
class BatchProcessor:
    """Turns messages into effects, exactly once each. Safe to be given the same messages again."""

    database: Database
    reactions: Reactions
    limit: DeadLetterLimit = DeadLetterLimit()

    async def process(self, messages: Sequence[Message]) -> None:
        """Read the messages and process them: see `apply`."""
        await self.apply([read(message) for message in messages])

    async def apply(self, items: Sequence[Readable | Broken]) -> None:
        """Process what was read, in its order, in one transaction.

        On return everything is committed. On an exception nothing is. Raises whatever a reaction raised, unless that
        makes the event a dead letter, and `TooManyDeadLetters` above the limit.
        """
        wanted = self._wanted(items)
        try:
            counts = await self._attempt(wanted, careful=False)
        except POISON:
            counts = await self._attempt(wanted, careful=True)
        if passed_over := len(items) - len(wanted):
            counts["other", Outcome.SKIPPED] += passed_over
        for (event_type, outcome), number in counts.items():
            metrics.EVENTS_CONSUMED.labels(self.database.service, event_type, outcome).inc(number)

    def _wanted(self, items: Sequence[Readable | Broken]) -> list[Readable | Broken]:
        """Events that this service reacts to, and broken messages.

        Known events without a reaction are passed over, and so are versions of a later or an earlier release whose fact
        comes in a version that is known here.
        """
        return [item for item in items if self._is_wanted(item)]

    def _is_wanted(self, item: Readable | Broken) -> bool:
        if isinstance(item, Broken):
            return item.reason != TOLD_OTHERWISE
        return item.envelope.entry.event in self.reactions

    async def _attempt(self, wanted: Sequence[Readable | Broken], *, careful: bool) -> Counts:
        counts: Counts = Counter()
        if not wanted:
            return counts
        async with self.database.unit_of_work() as work:
            ids = [item.claim_id for item in wanted]
            new, look_for_parked = await inbox.claim(work.connection, ids)
            fresh = wanted
            if len(new) < len(wanted):
                fresh, look_for_parked = [], True
                for item, claim_id in zip(wanted, ids, strict=True):
                    if claim_id in new:
                        new.remove(claim_id)  # a second copy in the same batch is a duplicate too
                        fresh.append(item)
                    else:
                        counts[_type_of(item), Outcome.DUPLICATE] += 1
            if fresh:
                await _Run(self, work, counts, careful).all(fresh, look_for_parked=look_for_parked)
        return counts


@dataclass(frozen=True, slots=True)
class _Run:
    """One try at the new messages of a batch, inside its transaction."""

    processor: BatchProcessor
    work: UnitOfWork
    counts: Counts
    careful: bool

    async def all(self, fresh: Sequence[Readable | Broken], *, look_for_parked: bool) -> None:
        parked: set[Place] = set()
        if look_for_parked:
            places = filter(None, map(_place, fresh))
            parked = await dead_letters.parked(self.work.connection, places)
        dead = 0
        for reaction, run in groupby(fresh, key=self._reaction):
            if isinstance(reaction, Batched) and not self.careful and not parked:
                readable = [item for item in run if isinstance(item, Readable)]
                await reaction.use_case(self.work, [item.envelope for item in readable])
                self._count(readable, Outcome.HANDLED)
                continue
            for item in run:
                dead += await self._one(item, reaction, parked)
        if dead:
            await self._stop_at_limit()

    async def _one(self, item: Readable | Broken, reaction: Reaction | Batched | None, parked: set[Place]) -> bool:
        """Deal with one message; returns whether it became a dead letter."""
        place = _place(item)
        if place is not None and place in parked:
            await dead_letters.store_waiting(self.work, item)
            self._count([item], Outcome.PARKED)
            return False
        if isinstance(item, Readable) and reaction is not None:
            refusal = await self._react(item, reaction)
            if refusal is None:
                self._count([item], Outcome.HANDLED)
                return False
            item = refusal
        assert isinstance(item, Broken)
        await dead_letters.store_dead(self.work, item)
        if place is not None:
            parked.add(place)
        self._count([item], Outcome.DEAD_LETTERED)
        return True

    async def _react(self, item: Readable, reaction: Reaction | Batched) -> Broken | None:
        """Run the reaction. In a careful run a refusal undoes this event alone and is returned."""
        if not self.careful:
            await react(self.work, item, reaction)
            return None
        said = len(self.work.announced)
        try:
            async with self.work.connection.transaction():
                await react(self.work, item, reaction)
        except POISON as error:
            del self.work.announced[said:]
            return refused(item, error)
        return None

    def _reaction(self, item: Readable | Broken) -> Reaction | Batched | None:
        return self.processor.reactions[item.envelope.entry.event] if isinstance(item, Readable) else None

    def _count(self, items: Sequence[Readable | Broken], outcome: Outcome) -> None:
        for event_type, number in Counter(map(_type_of, items)).items():
            self.counts[event_type, outcome] += number

    async def _stop_at_limit(self) -> None:
        limit = self.processor.limit
        recent = await dead_letters.recent(self.work.connection, minutes=limit.minutes)
        if recent > limit.count:
            raise TooManyDeadLetters(
                f"{recent} dead letters within {limit.minutes} minutes, more than {limit.count}: "
                "look at them (connect dead-letters list), mend the cause, replay or discard them"
            )


async def react(work: UnitOfWork, item: Readable, reaction: Reaction | Batched) -> None:
    """Run one reaction as a step of the event's trace."""
    envelope = item.envelope
    case_id = str(envelope.case_id) if envelope.case_id else None
    with span(envelope.entry.type, envelope.traceparent, SpanKind.CONSUMER), bound(case_id=case_id):
        cause = work.caused_by(envelope)
        if isinstance(reaction, Batched):
            await reaction.use_case(cause, [envelope])
        else:
            await reaction(cause, envelope.data)


def refused(item: Readable, error: Exception) -> Broken:
    """The dead letter of an event that a reaction refused. The reason holds no data of the event."""
    if isinstance(error, Rejected):
        reason, detail = "rejected", f"{error.code}: {error.detail}"
    else:
        constraint = getattr(error, "constraint_name", None)
        reason, detail = "constraint", f"{type(error).__name__}" + (f" on {constraint}" if constraint else "")
    envelope = item.envelope
    log.warning("event set aside", event_id=envelope.id, event_type=envelope.entry.type, reason=reason, detail=detail)
    return Broken(item.message, reason, detail, envelope.entry.type, envelope.id, readable=True)


def _place(item: Readable | Broken) -> Place | None:
    """What is parked if the message can't be used; without a key it waits for nothing, and nothing for it."""
    key = item.message.key
    return None if key is None else (item.message.topic, key)


def _type_of(item: Readable | Broken) -> str:
    # Only names from our catalogue become label values; a stranger could write any number of others.
    return item.envelope.entry.event.__name__ if isinstance(item, Readable) else "unreadable"


def topics_of(reactions: Reactions) -> tuple[str, ...]:
    """The topics on which these events come."""
    return tuple(dict.fromkeys(entry_of(event).topic for event in reactions))
