"""What any service announces when it can't use an event, and when somebody has settled the matter."""

from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from shared.events.base import Code, Event


class EventDeadLettered(Event):
    """A service could not use an event; it keeps the bytes and waits for an operator.

    `dead_letter_id` is the place in that service's store; topic, partition and offset say where the event came from.
    """

    dead_letter_id: UUID
    service: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_key: str
    event_id: str | None = Field(description="None where not even the envelope could be read")
    event_type: str | None
    reason: Code = Field(description="unreadable, unknown-version, rejected, constraint")
    detail: str = Field(description="what was wrong, without the payload's values")


class DeadLetterSettled(Event):
    """An operator replayed or discarded a dead letter."""

    dead_letter_id: UUID
    service: str
    outcome: Literal["replayed", "discarded"]
    by: str = Field(description="the account, never a name")
    why: str
    at: AwareDatetime
