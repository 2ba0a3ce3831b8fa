"""The tables that are counted, and what one message adds to them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import faust

from services.monitor.rules.statistics import (
    HOUR,
    HOURS_KEPT,
    MINUTE,
    MINUTES_KEPT,
    Count,
    Counted,
    Duration,
    Heard,
)
from services.monitor.rules.steps import Durations, Footprint, Step, Trail, walk

CASES_KEPT = 10_000  # at most 55 MB of trails


class Unlogged(faust.Table[Any, Any]):
    """A table without a changelog topic: it is empty after a restart, by intent.

    Faust would otherwise make one topic of 12 partitions per table, write every change to it and read it all before it
    starts to count. For these tables it would also be wrong: one worker adds up events of all partitions under one key,
    while a changelog has that key once per partition and recovers whichever was written last. Faust knows such a table
    only as a service of the app, not as a table to recover, so no topic is declared, subscribed or written.
    """

    mundane_level = "debug"

    async def on_start(self) -> None:
        """Start the store, and declare no topic."""
        await self.add_runtime_dependency(self.data)

    def on_key_get(self, key: Any) -> None:
        """Nothing to tell: the app has no sensors."""

    def on_key_set(self, key: Any, value: Any) -> None:  # noqa: ARG002  Faust's signature
        """Remember when the key's window ends. The rest of Faust's own method writes the changelog."""
        self._maybe_set_key_ttl(key, 0)

    def on_key_del(self, key: Any) -> None:
        """Forget when the key's window ends."""
        self._maybe_del_key_ttl(key, 0)

    def _maybe_set_key_ttl(self, key: Any, partition: int) -> None:
        # Faust pushes the end of the window once per change: a counter of 1000 events a second would leave 3.6 million
        # entries for one window of an hour. Once per key is enough to find it when it has expired.
        if self._should_expire_keys() and key in self._partition_timestamp_keys.get((partition, key[1][1]), ()):
            return
        super()._maybe_set_key_ttl(key, partition)


def _windowed(app: faust.App, name: str, default: Any, size: float, kept: float) -> Any:
    table = Unlogged(app, name=name, default=default)
    app.add_dependency(table)
    return table.tumbling(size, expires=kept)


@dataclass(slots=True)
class Tables:
    """Everything that one worker counts. Windows of a minute last an hour, those of an hour last a day."""

    by_topic: Any
    by_type: Any
    dead_letters: Any
    steps: Any
    trails: Any

    @classmethod
    def of(cls, app: faust.App) -> "Tables":
        """Empty tables that live as long as the app."""
        trails = Unlogged(app, name="trails", default=tuple)
        app.add_dependency(trails)
        minute, minutes_kept = MINUTE.total_seconds(), MINUTES_KEPT.total_seconds()
        return cls(
            by_topic=_windowed(app, "events-by-topic", int, minute, minutes_kept),
            by_type=_windowed(app, "events-by-type", int, minute, minutes_kept),
            dead_letters=_windowed(app, "dead-letters", int, minute, minutes_kept),
            steps=_windowed(app, "steps", Durations, HOUR.total_seconds(), HOURS_KEPT.total_seconds()),
            trails=trails,
        )

    def count(self, topic: str, timestamp: float, heard: Heard) -> None:
        """Add one message to the windows of the time at which Kafka took it."""
        self.by_topic.relative_to(timestamp)[topic] += 1
        self.by_type.relative_to(timestamp)[heard.name] += 1
        if heard.is_dead_letter:
            self.dead_letters.relative_to(timestamp)[heard.service] += 1

    def follow(self, case_id: UUID, footprint: Footprint) -> None:
        """Add the step that this event of a case completes to the window of the time at which it happened."""
        walked = walk(self._take(case_id), footprint)
        self.trails[case_id] = walked.trail
        for step in walked.undone:
            self._at(step)[step.pair] -= step.took
        for step in walked.done:
            self._at(step)[step.pair] += step.took

    def _take(self, case_id: UUID) -> Trail:
        """Take out the trail of a case; when there are too many, forget the one that was set longest ago."""
        data = self.trails.data
        trail: Trail = data.pop(case_id, ())
        if len(data) >= CASES_KEPT:
            data.pop(next(iter(data)))
        return trail

    def _at(self, step: Step) -> Any:
        return self.steps.relative_to(step.second.time.timestamp())

    def counts(self) -> Iterator[Count]:
        """All counts that are remembered."""
        tables: tuple[tuple[Counted, Any], ...] = (
            ("topic", self.by_topic),
            ("type", self.by_type),
            ("dead-letters", self.dead_letters),
        )
        for counted, window in tables:
            for (key, (start, _)), events in window.table.data.items():
                yield Count(counted, key, _moment(start), events)

    def durations(self) -> Iterator[Duration]:
        """All durations that are remembered."""
        for ((first, second), (start, _)), took in self.steps.table.data.items():
            yield Duration(first, second, _moment(start), took)


def _moment(timestamp: float) -> datetime:
    return datetime.fromtimestamp(timestamp, UTC)
