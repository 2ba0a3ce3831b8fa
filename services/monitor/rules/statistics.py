"""What is counted: events per minute by topic and by type, dead letters by service, durations of steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.monitor.rules.steps import Durations, Footprint
from shared.events.catalogue import entry_of_type
from shared.events.dead_letters import EventDeadLettered

Counted = Literal["topic", "type", "dead-letters"]

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
# How long windows are remembered: an hour of minutes, a day of steps.
MINUTES_KEPT = HOUR
HOURS_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Count:
    """Events of one key within the minute that begins then."""

    counted: Counted
    key: str
    minute: datetime
    events: int


@dataclass(frozen=True, slots=True)
class Duration:
    """How long the steps of one pair took that ended within the hour that begins then."""

    first: str
    second: str
    hour: datetime
    took: Durations


@dataclass(frozen=True, slots=True)
class Heard:
    """What statistics need of a message, from its headers alone."""

    name: str
    service: str
    is_dead_letter: bool
    case_id: UUID | None
    footprint: Footprint | None


OTHERS = "not in the catalogue"


def hear(headers: Mapping[str, str]) -> Heard:
    """Read a message's headers; never raises. Whatever is not an event of the catalogue is counted under one name.

    A stranger could write any number of names, and every new name would cost memory.
    """
    entry = entry_of_type(headers.get("ce_type", ""))
    if entry is None:
        return Heard(OTHERS, OTHERS, False, None, None)
    name = entry.event.__name__
    service = headers.get("ce_source", "").rpartition("/")[2][:40]
    return Heard(name, service, entry.event is EventDeadLettered, *_footprint(name, headers))


def _footprint(name: str, headers: Mapping[str, str]) -> tuple[UUID, Footprint] | tuple[None, None]:
    try:
        case_id, event_id = UUID(headers["ce_caseid"]), UUID(headers["ce_id"])
        time = datetime.fromisoformat(headers["ce_time"])
    except (KeyError, ValueError):
        return None, None
    # A time without a zone can't be compared with the others.
    return (case_id, Footprint(time, event_id, name)) if time.tzinfo else (None, None)
