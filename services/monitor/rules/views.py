"""What the console shows, as pages and as JSON: identities, states, times and figures, never what an event says."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.monitor.rules.timeline import Seen, in_order, seconds_since_first


class View(BaseModel):
    """A frozen reply."""

    model_config = ConfigDict(frozen=True)


class CountingView(View):
    """Whether statistics are counted now. They begin anew whenever their worker does, and losing them is harmless."""

    now: bool
    since: datetime | None = Field(description="when the worker that counts now, or counted last, began")
    earliest: datetime | None = Field(description="when the earliest worker began whose counts are included")


class TopicView(View):
    """A topic: how many events came, how old its newest one is, and how far its readers are behind."""

    topic: str
    last_minute: int = Field(description="events in the last full minute")
    last_hour: int
    newest_at: datetime | None
    lag: int = Field(description="events that its slowest reader has not handled")
    slowest: str | None = Field(description="that reader, where there is any lag")
    oldest_unread_at: datetime | None


class TypeView(View):
    """How many events of one type came within the last hour."""

    type: str
    last_hour: int


class MinuteView(View):
    """Events and dead letters of one minute, all topics together."""

    minute: datetime
    events: int
    dead_letters: int


class LagView(View):
    """Events of a topic that a service has not handled; when the oldest of them happened, where that is known."""

    service: str
    topic: str
    events: int
    oldest_at: datetime | None


class StepView(View):
    """How long cases took from one event to the next, of the steps that ended within the last day."""

    first: str
    second: str
    steps: int
    mean_seconds: float
    nine_in_ten_within: float | None = Field(description="seconds; the upper bound of a class, None beyond the last")


class SightView(View):
    """When something was last looked at, and why not since."""

    at: datetime | None
    failure: str | None


class StreamsView(View):
    """The state of all streams."""

    at: datetime
    counting: CountingView
    topics: tuple[TopicView, ...]
    types: tuple[TypeView, ...]
    minutes: tuple[MinuteView, ...]
    steps: tuple[StepView, ...]
    lags: tuple[LagView, ...]
    lags_seen: SightView
    open_dead_letters: int
    dead_letters_by_service: Mapping[str, int]


class PartView(View):
    """One part of a service's process."""

    name: str
    ready: bool
    reason: str
    figures: Mapping[str, float]


class ServiceView(View):
    """A service as it was last seen. `reason` says why its process could not be asked, if it could not."""

    service: str
    ready: bool
    reason: str
    lag: int
    parts: tuple[PartView, ...]


class ServicesView(View):
    """All services."""

    at: datetime
    seen: SightView
    services: tuple[ServiceView, ...]


class CaseView(View):
    """A case: where it stands, for whom it waits, and since when it is quiet."""

    case_id: UUID
    reference: str | None
    state: str
    waits_for: str | None
    events: int
    first_at: datetime | None
    last_at: datetime | None
    quiet_since: datetime | None
    stuck: bool


class TimelineEvent(View):
    """One event of a case. `seconds` counts from the case's first event."""

    event_id: UUID
    service: str
    type: str
    name: str
    topic: str
    aggregate: str
    sequence: int
    time: datetime
    arrived_at: datetime
    seconds: float


class TimelineView(View):
    """A case with all its events, in the order of their aggregates' sequences and otherwise by time."""

    case: CaseView
    events: tuple[TimelineEvent, ...]


class DeadLetterView(View):
    """An event that a service could not use, as it reported it. The service keeps the message and settles it."""

    dead_letter_id: UUID
    service: str
    state: str
    origin_topic: str
    origin_partition: int
    origin_offset: int
    origin_key: str
    event_id: UUID | None
    event_type: str | None
    case_id: UUID | None = Field(description="the case of the event, where monitor knows the event")
    reason: str
    detail: str
    reported_at: datetime
    settled_at: datetime | None
    settled_by: str | None
    settled_why: str | None


def timeline_view(case: CaseView, events: list[Seen]) -> TimelineView:
    """The events of a case as one line."""
    line = in_order(events)
    return TimelineView(
        case=case,
        events=tuple(
            TimelineEvent(
                event_id=event.event_id,
                service=event.service,
                type=event.type,
                name=event.name,
                topic=event.topic,
                aggregate=event.aggregate,
                sequence=event.sequence,
                time=event.time,
                arrived_at=event.arrived_at,
                seconds=seconds,
            )
            for event, seconds in zip(line, seconds_since_first(line), strict=True)
        ),
    )
