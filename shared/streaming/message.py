"""A Kafka message as the consumer sees it: where it came from, its bytes, and what they say if they can be read."""

import hashlib
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from aiokafka.structs import ConsumerRecord

from shared.events.envelope import Envelope, Headers, Unreadable, open_envelope, peek

# Bytes: an entry of a B-tree has 2,704 at most, the topic included. Our keys have 36; a stranger's may have a million.
LONGEST_KEY = 2_000
BEGINNING = 100


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
    """A message key as text that PostgreSQL accepts, in an index too.

    Bytes that are no text are shown escaped. Of a key that is too long for an index the beginning stands for the whole,
    with its hash: one key, one text.
    """
    if key is None:
        return None
    text = key.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
    if len(text.encode()) <= LONGEST_KEY:
        return text
    return f"{text[:BEGINNING]}... sha256:{hashlib.sha256(key).hexdigest()}"


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
