"""One transaction with everything that a use case needs: connection, time, actor, cause, and what it announces.

Whoever opens the unit (an HTTP call, the consumer, the schedule) commits it, once. What was announced goes into the
outbox in the same transaction, after the state was locked and saved, so the facts and the state can't part.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.postgres import outbox
from shared.postgres.outbox import MAX_EVENT_BYTES, Announcement, aggregate_of
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor, service_actor
from shared.primitives.clock import Clock, utc_now
from shared.primitives.errors import Invalid
from shared.primitives.ids import NewId, new_id
from shared.telemetry.tracing import current_traceparent


class UnitOfWork(NamedTuple):
    """What a use case works with. `cause` is the event that is reacted to; None for commands and schedules."""

    connection: Connection
    service: str
    now: datetime
    actor: Actor
    announced: list[Announcement]
    new_id: NewId = new_id
    cause: Envelope | None = None

    @property
    def today(self) -> date:
        """The day of `now`, in UTC."""
        return self.now.date()

    def announce(self, event: Event, *, case: UUID | None) -> UUID:
        """Tell the others, once this unit is committed. Returns the event's id.

        Raises Invalid for an event that no message can carry: it would stop the relay for ever, so it is refused
        before anything is stored. Raises KeyError for an event that is not in the catalogue.
        """
        aggregate = aggregate_of(event)
        value = event.model_dump_json().encode()
        if len(value) > MAX_EVENT_BYTES:
            raise Invalid(
                "event-too-large",
                f"What is to be told of this has {len(value):,} bytes, and a message can carry {MAX_EVENT_BYTES:,}: "
                "shorten its texts or lists.",
            )
        event_id = self.new_id()
        traceparent = current_traceparent() or (self.cause.traceparent if self.cause else None)
        self.announced.append(Announcement(event_id, event, aggregate, value, case, self.now, traceparent))
        return event_id

    def caused_by(self, cause: Envelope) -> "UnitOfWork":
        """The same unit, seen from the reaction to one event."""
        return self._replace(cause=cause)


@dataclass(frozen=True, slots=True)
class Database:
    """A service's database: where units of work are opened. `outbox_filled` wakes a relay in the same process."""

    pool: asyncpg.Pool
    service: str
    clock: Clock = utc_now
    new_id: NewId = new_id
    outbox_filled: asyncio.Event = field(default_factory=asyncio.Event)

    @asynccontextmanager
    async def unit_of_work(self, actor: Actor | None = None) -> AsyncIterator[UnitOfWork]:
        """Open a transaction; commit it with all that was announced, or roll everything back on any exception."""
        async with self.pool.acquire() as connection, connection.transaction():
            work = UnitOfWork(
                connection=connection,
                service=self.service,
                now=self.clock(),
                actor=actor or service_actor(self.service),
                announced=[],
                new_id=self.new_id,
            )
            yield work
            await outbox.store(connection, self.service, work.announced)
        if work.announced:
            self.outbox_filled.set()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A connection for queries, in a read-only transaction."""
        async with self.pool.acquire() as connection, connection.transaction(readonly=True):
            yield connection
