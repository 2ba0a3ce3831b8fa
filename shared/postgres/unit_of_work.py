"""One transaction with everything that a use case needs: connection, time, actor, cause, and what it announces.

Whoever opens the unit (an HTTP call, the consumer, the schedule) commits it, once. What was announced goes into the
outbox in the same transaction, after the state was locked and saved, so the facts and the state can't part.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.events.base import Event
from shared.events.catalogue import entry_of
from shared.events.envelope import Envelope, subject_of
from shared.postgres import outbox
from shared.postgres.outbox import MAX_EVENT_BYTES, Announcement, aggregate_of
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor, service_actor
from shared.primitives.clock import Clock, utc_now
from shared.primitives.errors import Invalid
from shared.primitives.ids import NewId, new_id
from shared.telemetry.tracing import current_traceparent


class UnitOfWork(NamedTuple):
    """What a use case works with. `cause` is the event that is reacted to; None for commands and schedules, and for a
    `Batched` reaction that gets several events at once: each envelope is the cause of what it leads to.

    `memory` is what the process keeps between units; it must hold nothing that is not committed.
    """

    connection: Connection
    service: str
    now: datetime
    actor: Actor
    announced: list[Announcement]
    memory: dict[str, Any]
    new_id: NewId = new_id
    cause: Envelope | None = None

    @property
    def today(self) -> date:
        """The day of `now`, in UTC."""
        return self.now.date()

    def announce(self, event: Event, *older: Event, case: UUID | None) -> UUID:
        """Tell the others, once this unit is committed. Returns the event's id.

        `older` is the same fact in older versions, for readers that do not know the newest yet: all are told, with one
        id and in one place of the aggregate's order, so a reader that knows several takes the first and no other.

        Raises Invalid for an event that no message can carry: it would stop the relay for ever, so it is refused
        before anything is stored. Raises KeyError for an event that is not in the catalogue, ValueError for versions
        that are not of one fact.
        """
        versions = _versions_of_one_fact((event, *older)) if older else ((event, ()),)
        aggregate, event_id = aggregate_of(event), self.new_id()
        traceparent = current_traceparent() or (self.cause.traceparent if self.cause else None)
        told = [
            Announcement(event_id, version, aggregate, _value_of(version), case, self.now, traceparent, also)
            for version, also in versions
        ]
        self.announced.extend(told)
        return event_id

    def caused_by(self, cause: Envelope) -> "UnitOfWork":
        """The same unit, seen from the reaction to one event."""
        return self._replace(cause=cause)


def _versions_of_one_fact(versions: tuple[Event, ...]) -> tuple[tuple[Event, tuple[str, ...]], ...]:
    """Each with the types of the others."""
    entries = [entry_of(type(version)) for version in versions]
    facts = {(e.producer, e.name, e.topic, subject_of(v)) for e, v in zip(entries, versions, strict=True)}
    if len(facts) > 1 or len(set(entries)) < len(entries):
        raise ValueError("these are not different versions of one fact about one aggregate")
    types = [entry.type for entry in entries]
    return tuple((version, (*types[:place], *types[place + 1 :])) for place, version in enumerate(versions))


def _value_of(event: Event) -> bytes:
    value = entry_of(type(event)).write(event)
    if len(value) > MAX_EVENT_BYTES:
        raise Invalid(
            "event-too-large",
            f"What is to be told of this has {len(value):,} bytes, and a message can carry {MAX_EVENT_BYTES:,}: "
            "shorten its texts or lists.",
        )
    return value


@dataclass(frozen=True, slots=True)
class Database:
    """A service's database: where units of work are opened.

    `outbox_filled` wakes a relay in the same process. `memory` is what the process keeps of the database between units.
    """

    pool: asyncpg.Pool
    service: str
    clock: Clock = utc_now
    new_id: NewId = new_id
    outbox_filled: asyncio.Event = field(default_factory=asyncio.Event)
    memory: dict[str, Any] = field(default_factory=dict)

    @asynccontextmanager
    async def unit_of_work(self, actor: Actor | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit it with all that was announced, or roll everything back on any exception."""
        async with self.pool.acquire() as connection, connection.transaction():
            work = self._unit(connection, actor or service_actor(self.service))
            yield work
            await outbox.store(connection, self.service, work.announced)
        if work.announced:
            # No NOTIFY: transactions with one commit one after the other. A relay in another process looks for it.
            self.outbox_filled.set()
            await asyncio.sleep(0)  # a relay in this process asks for the rows before the caller says what was done

    @asynccontextmanager
    async def looking(self, actor: Actor) -> AsyncIterator[UnitOfWork]:
        """A unit for a question that needs more than a connection; read-only, so nothing is announced."""
        async with self.reading() as connection:
            work = self._unit(connection, actor)
            yield work
        if work.announced:
            raise RuntimeError("a question has announced something")

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for queries, in a read-only transaction."""
        async with self.pool.acquire() as connection, connection.transaction(readonly=True):
            yield connection

    def _unit(self, connection: Connection, actor: Actor) -> UnitOfWork:
        return UnitOfWork(
            connection=connection,
            service=self.service,
            now=self.clock(),
            actor=actor,
            announced=[],
            memory=self.memory,
            new_id=self.new_id,
        )
