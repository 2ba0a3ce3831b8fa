"""CloudEvents 1.0 in Kafka's binary mode: attributes in `ce_` headers, the fact as JSON, the aggregate's id as key."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import ValidationError

from shared.events.base import Event
from shared.events.catalogue import ANY_SERVICE, Entry, entry_of, entry_of_type

CONTENT_TYPE = b"application/json"
Headers = tuple[tuple[str, bytes], ...]


class Unreadable(Exception):
    """A message that is no event of ours.

    `reason` is `unreadable` or `unknown-version`; `detail` holds no values of the payload.
    """

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Envelope:
    """An event with who said it, about what, when, in which case and in which place of the aggregate's order.

    `sequence` counts the events of one aggregate (source and subject) from 1 without gaps. `case_id` is the id of the
    application, None for facts outside a case.
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

    def headers(self) -> Headers:
        """The CloudEvents attributes as Kafka headers."""
        pairs = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(self.id).encode()),
            ("ce_type", self.entry.type.encode()),
            ("ce_source", self.source.encode()),
            ("ce_subject", self.subject.encode()),
            ("ce_time", self.time.isoformat().encode()),
            ("ce_sequence", b"%d" % self.sequence),
            ("content-type", CONTENT_TYPE),
        ]
        if self.case_id is not None:
            pairs.append(("ce_caseid", str(self.case_id).encode()))
        if self.traceparent is not None:
            pairs.append(("ce_traceparent", self.traceparent.encode()))
        return tuple(pairs)

    def value(self) -> bytes:
        """The fact as JSON."""
        return self.data.model_dump_json().encode()


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
) -> Envelope:
    """Put a fact into its envelope. Raises KeyError if its class is not in the catalogue."""
    entry = entry_of(type(data))
    subject = str(getattr(data, entry.key))
    return Envelope(event_id, entry, source_of(entry, service), subject, time, sequence, case_id, traceparent, data)


def peek(headers: Iterable[tuple[str, bytes]]) -> Mapping[str, str]:
    """The headers as text, with undecodable bytes replaced: for looking at messages that may be broken."""
    # Kafka allows a header without a value, whatever the type says.
    return {name: (value or b"").decode("utf-8", "replace") for name, value in headers}


def open_envelope(headers: Mapping[str, str], value: bytes | None) -> Envelope:
    """Read a message. Raises `Unreadable` for anything but a known version of a known event."""
    try:
        ce_type, event_id = headers["ce_type"], UUID(headers["ce_id"])
        sequence = int(headers["ce_sequence"])
        time = datetime.fromisoformat(headers["ce_time"])
        case = headers.get("ce_caseid")
        case_id = UUID(case) if case else None
        source, subject = headers["ce_source"], headers["ce_subject"]
    except KeyError as missing:
        raise Unreadable("unreadable", f"the header {missing.args[0]} is missing") from missing
    except ValueError as error:
        raise Unreadable("unreadable", "a CloudEvents header is malformed") from error
    entry = entry_of_type(ce_type)
    if entry is None:
        raise Unreadable("unknown-version", f"{ce_type} is not in this release's catalogue")
    data = _read(entry, value)
    return Envelope(event_id, entry, source, subject, time, sequence, case_id, headers.get("ce_traceparent"), data)


def _read(entry: Entry, value: bytes | None) -> Event:
    if value is None:
        raise Unreadable("unreadable", "the message has no value")
    try:
        return entry.event.model_validate_json(value)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}"
            for e in error.errors(include_input=False, include_url=False, include_context=False)[:5]
        )
        raise Unreadable("unreadable", places) from error
