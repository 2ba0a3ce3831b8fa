"""What a member has failed at and not got past yet.

It is kept for each partition, since Kafka's client serves what it holds of the others first: between two tries of the
batch that fails there may be any number of batches that do not, and they mend nothing.

Which message of a batch it was is not known, and the next tries are of fewer at once: one that is done may have ended
before it. What is past the end of the last batch that failed is past the failure.
"""

from collections.abc import Set
from dataclasses import dataclass, field

from aiokafka import TopicPartition

from shared.streaming.bookmark import Offsets


@dataclass(slots=True)
class Trouble:
    """Where in each partition the last batch that failed ended, and since when it fails there (seconds of a clock).

    `slowed`: how many tries in a row failed with as little at once as there can be.
    """

    slowed: int = 0
    _places: dict[TopicPartition, tuple[int, float]] = field(default_factory=dict)

    @property
    def is_left(self) -> bool:
        """Whether something failed that nothing has got past."""
        return bool(self._places)

    def met(self, following: Offsets, now: float) -> None:
        """A batch after which these offsets would have followed has failed."""
        for place, offset in following.items():
            _, since = self._places.get(place, (offset, now))
            self._places[place] = (offset, since)

    def lasts(self, now: float) -> float:
        """Seconds since the oldest failure that nothing has got past."""
        return now - min((since for _, since in self._places.values()), default=now)

    def got_past(self, following: Offsets, mine: Set[TopicPartition]) -> None:
        """All before `following` is done, and of all partitions those in `mine` are held."""
        self._places = {
            place: (offset, since)
            for place, (offset, since) in self._places.items()
            if place in mine and following.get(place, 0) < offset
        }
        if not self._places:
            self.slowed = 0
