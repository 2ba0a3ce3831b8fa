"""Messages as Kafka would deliver them, without Kafka."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID, uuid4

from shared.events.base import Event
from shared.events.catalogue import entry_of
from shared.events.envelope import wrap
from shared.streaming.message import Message


@dataclass
class Arriving:
    """Wraps facts as messages of one partition, with growing offsets and sequences."""

    offset: int = 0
    sequences: dict[str, int] = field(default_factory=dict)

    def message(self, event: Event, *, event_id: UUID | None = None, case: UUID | None = None) -> Message:
        """The next message of the partition."""
        entry = entry_of(type(event))
        subject = str(getattr(event, entry.key))
        self.sequences[subject] = self.sequences.get(subject, 0) + 1
        envelope = wrap(
            event,
            event_id=event_id or uuid4(),
            service=entry.producer,
            time=datetime(2026, 3, 2, tzinfo=UTC),
            sequence=self.sequences[subject],
            case_id=case,
            traceparent=None,
        )
        self.offset += 1
        return Message(entry.topic, 0, self.offset, 1_770_000_000, subject, envelope.headers(), envelope.value())
