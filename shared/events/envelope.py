"""CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_` headers, the fact as JSON, the aggregate's id as key."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import NamedTuple
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from shared.events.base import Event
from shared.events.catalogue import ANY_SERVICE, Entry, entry_of, entry_of_type

SPECVERSION = "1.0"
CONTENT_TYPE = "application/json"
NUMBER = "ce_subjectsequence"
TOLD_OTHERWISE = "told-otherwise"
LAST_PLACE = 2**63 - 1  # what a bigint holds
Headers = tuple[tuple[str, bytes], ...]
Attributes = Mapping[str, str]  # headers as text
Attribute = str | UUID | datetime  # as a value; JSON writes it as the header's text


class Unreadable(Exception):
    """A message that is no event of ours.

    `reason` is `unreadable`, `unknown-version`, or `told-otherwise`: not known here, and told once more in a version
    that is. `detail` holds no values of the payload.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Envelope(NamedTuple):
    """An event with who said it, about what, when, in which case and in which place of the aggregate's order.

    `sequence` counts the events of one aggregate (source and subject) from 1 without gaps. `case_id` is the id of the
    application, None for facts outside a case. `also` are the types of the other versions in which the same fact is
    told, with the same id and in the same place.
    """

    id: UUID
    entry: Entry
    source: str
    subject: str
    time: datetime
    sequence: int
    case_id: UUID | None
    traceparent: str | None
    data: Event
    also: tuple[str, ...] = ()

    def attributes(self) -> dict[str, Attribute]:
        """The CloudEvents attributes by the names of their Kafka headers: text, and values that JSON writes as text."""
        return attributes_of(
            self.entry.type,
            self.source,
            self.subject,
            event_id=self.id,
            time=self.time,
            number=str(self.sequence),
            case_id=self.case_id,
            traceparent=self.traceparent,
            also=self.also,
        )

    def headers(self) -> Headers:
        """The same as Kafka headers."""
        return as_headers(self.attributes())

    def value(self) -> bytes:
        """The fact as JSON."""
        return self.entry.write(self.data)


def attributes_of(
    ce_type: str,
    source: str,
    subject: str,
    *,
    event_id: UUID,
    time: datetime,
    number: str,
    case_id: UUID | None,
    traceparent: str | None,
    also: tuple[str, ...],
) -> dict[str, Attribute]:
    """The attributes of an event whose `number`, its place in the aggregate's order, need not be known yet."""
    found: dict[str, Attribute] = {
        **_same_for_all(ce_type, source),
        "ce_id": event_id,
        "ce_subject": subject,
        "ce_time": time,
        NUMBER: number,
    }
    if case_id is not None:
        found["ce_caseid"] = case_id
    if traceparent is not None:
        found["ce_traceparent"] = traceparent
    if also:
        found["ce_alsotype"] = " ".join(also)
    return found


@cache
def _same_for_all(ce_type: str, source: str) -> Attributes:
    """What all events of one type and source share."""
    return {"ce_specversion": SPECVERSION, "ce_type": ce_type, "ce_source": source, "content-type": CONTENT_TYPE}


def as_headers(attributes: Mapping[str, Attribute]) -> Headers:
    """Attributes as Kafka headers."""
    return tuple([(name, _text(value).encode()) for name, value in attributes.items()])


def _text(value: Attribute) -> str:
    if isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def source_of(entry: Entry, service: str) -> str:
    """The `ce_source`: the announcing service, also for events that any service may announce."""
    return f"/connect/{service}" if entry.producer == ANY_SERVICE else entry.source


def wrap(
    data: Event,
    *,
    event_id: UUID,
    service: str,
    time: datetime,
    sequence: int,
    case_id: UUID | None,
    traceparent: str | None,
    also: tuple[str, ...] = (),
) -> Envelope:
    """Put a fact into its envelope. Raises KeyError if its class is not in the catalogue."""
    entry = entry_of(type(data))
    source, subject = source_of(entry, service), subject_of(data)
    return Envelope(event_id, entry, source, subject, time, sequence, case_id, traceparent, data, also)


def subject_of(data: Event) -> str:
    """The id of the aggregate that a fact is about. Raises KeyError if its class is not in the catalogue."""
    return str(getattr(data, entry_of(type(data)).key))


def peek(headers: Iterable[tuple[str, bytes]]) -> Attributes:
    """The headers as text, with undecodable bytes replaced: for looking at messages that may be broken."""
    try:
        return {name: value.decode() for name, value in headers}
    except (UnicodeDecodeError, AttributeError):
        # Kafka allows a header without a value, whatever the type says.
        return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def open_envelope(headers: Attributes, value: bytes | None) -> Envelope:
    """Read a message. Raises `Unreadable` for anything but a known version of a known event."""
    try:
        spec, ce_type = headers["ce_specversion"], headers["ce_type"]
        event_id, time = _id(headers["ce_id"]), _moment(headers["ce_time"])
        sequence = _place(headers["ce_subjectsequence"])
        source, subject = headers["ce_source"], headers["ce_subject"]
        aggregate_id, case = _id(subject), headers.get("ce_caseid")
        # Often the case is the aggregate; then its id is read once.
        case_id = aggregate_id if case == subject else None if case is None else _id(case)
        also = tuple(headers["ce_alsotype"].split()) if "ce_alsotype" in headers else ()
    except (KeyError, ValueError):
        raise Unreadable("unreadable", _fault(headers)) from None
    entry = entry_of_type(ce_type)
    if entry is None or spec != SPECVERSION:
        known_otherwise = spec == SPECVERSION and any(entry_of_type(other) for other in also)
        reason = TOLD_OTHERWISE if known_otherwise else "unknown-version"
        raise Unreadable(reason, f"{ce_type[:100]}, CloudEvents {spec[:10]}, is not known to this release")
    data = _read(entry, value)
    if getattr(data, entry.key) != aggregate_id:
        raise Unreadable("unreadable", f"{entry.key} is not the id that ce_subject names")
    traceparent = headers.get("ce_traceparent")
    return Envelope(event_id, entry, source, subject, time, sequence, case_id, traceparent, data, also)


def _fault(headers: Attributes) -> str:
    """What is wrong with the first header that can't be used."""
    for name, parse in _NEEDED.items():
        if name not in headers:
            return f"the header {name} is missing"
        try:
            parse(headers[name])
        except ValueError:
            return f"the header {name} is malformed"
    return "the header ce_caseid is malformed"


# A third of what UUID() itself takes to read a text, two or three times an event.
_id = TypeAdapter(UUID).validate_python


def _moment(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError("a time without a zone is no moment")
    return time


def _place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= LAST_PLACE):
        raise ValueError("places count from 1")
    return int(text)


_NEEDED: Mapping[str, Callable[[str], object]] = {
    "ce_specversion": str,
    "ce_type": str,
    "ce_id": _id,
    "ce_time": _moment,
    "ce_subjectsequence": _place,
    "ce_source": str,
    "ce_subject": _id,
}


def _read(entry: Entry, value: bytes | None) -> Event:
    if value is None:
        raise Unreadable("unreadable", "the message has no value")
    try:
        # Strictly: "yes" is no boolean and a number is no date, as the published schema says.
        return entry.read(value, strict=True)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
    # Outside the handler: a chained ValidationError would carry the payload's values into whoever logs this one.
    raise Unreadable("unreadable", places)
