"""A Kafka message as the consumer sees it: where it came from, its bytes, and what they say if they can be read."""

from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka.structs import ConsumerRecord

from shared.events.envelope import Envelope, Headers, Unreadable, open_envelope, peek


class Message(NamedTuple):
    """One record of a topic, undecoded. `key` is None where the producer gave none."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: str | None
    headers: Headers
    value: bytes | None


class Readable(NamedTuple):
    """A message that is an event of the catalogue. `claim_id` is the event's id."""

    message: Message
    envelope: Envelope

    @property
    def claim_id(self) -> UUID:
        """What the inbox remembers."""
        return self.envelope.id


class Broken(NamedTuple):
    """A message that can't be used. What is not even `readable` is claimed by its place: its id can't be trusted."""

    message: Message
    reason: str
    detail: str
    event_type: str | None
    event_id: UUID | None
    readable: bool = False

    @property
    def claim_id(self) -> UUID:
        """What the inbox remembers of a message that can't be read."""
        place = self.message
        return uuid5(NAMESPACE_URL, f"{place.topic}/{place.partition}/{place.offset}/{place.timestamp}")


def received(record: ConsumerRecord) -> Message:
    """The message that Kafka has delivered."""
    return Message(
        record.topic,
        record.partition,
        record.offset,
        record.timestamp,
        text_of(record.key),
        tuple(record.headers),
        record.value,
    )


def text_of(key: bytes | None) -> str | None:
    """A message key as text that PostgreSQL accepts; bytes that are no text are shown escaped."""
    return None if key is None else key.decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def read(message: Message) -> Readable | Broken:
    """Read the message; never raises for what a stranger may have written."""
    attributes = peek(message.headers)
    try:
        return Readable(message, open_envelope(attributes, message.value))
    except Unreadable as error:
        return Broken(
            message, error.reason, error.detail, _text(attributes.get("ce_type")), _uuid(attributes.get("ce_id"))
        )


def _text(value: str | None) -> str | None:
    return None if value is None else value.replace("\0", "\\x00")[:200]


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None
