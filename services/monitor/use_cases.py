"""What monitor does: it keeps what it hears, what its statistics worker counted, and what it saw of the others."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.monitor import storage
from services.monitor.rules.cases import follow
from services.monitor.rules.observations import Health, Lag, newest_known_unread
from services.monitor.rules.statistics import Count, Duration
from services.monitor.rules.timeline import Seen
from shared.events.dead_letters import DeadLetterSettled, EventDeadLettered
from shared.events.envelope import Envelope
from shared.postgres.unit_of_work import UnitOfWork

MONITOR = "monitor"
STATISTICS_KEPT = timedelta(hours=25)
FARTHEST = 10_000  # events that are counted back to find the age of the oldest one


async def record_events(work: UnitOfWork, events: Sequence[Envelope]) -> None:
    """Keep the identities of events, and where their cases stand after them."""
    await storage.insert_events(work.connection, [_seen(event, work.now) for event in events])
    of_cases = [event for event in events if event.case_id is not None]
    if not of_cases:
        return
    cases = await storage.lock_cases(work.connection, [event.case_id for event in of_cases if event.case_id])
    for event in of_cases:
        assert event.case_id is not None
        cases[event.case_id] = follow(cases[event.case_id], event)
    await storage.save_cases(work.connection, cases.values())


async def record_dead_letter(work: UnitOfWork, letter: EventDeadLettered) -> None:
    """Keep what a service could not use, besides the event that says so."""
    await _record_cause(work)
    await storage.insert_dead_letter(work.connection, letter, reported_at=_cause(work).time)


async def record_settlement(work: UnitOfWork, settled: DeadLetterSettled) -> None:
    """Keep what an operator decided about a dead letter, besides the event that says so."""
    await _record_cause(work)
    await storage.settle_dead_letter(work.connection, settled)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What changed in the statistics of a run since its last snapshot."""

    run_id: UUID
    started_at: datetime
    counts: Collection[Count]
    durations: Collection[Duration]


async def save_statistics(work: UnitOfWork, snapshot: Snapshot) -> None:
    """Make what the worker counted visible to every process."""
    await storage.save_run(work.connection, snapshot.run_id, started_at=snapshot.started_at, seen_at=work.now)
    await storage.save_counts(work.connection, snapshot.run_id, snapshot.counts)
    await storage.save_durations(work.connection, snapshot.run_id, snapshot.durations)


async def save_lags(work: UnitOfWork, lags: Mapping[str, Mapping[str, int]]) -> None:
    """Keep how far each service is behind each topic, with the age of the oldest event as far as monitor knows it."""
    own = lags.get(MONITOR, {})
    kept = []
    for service, by_topic in lags.items():
        for topic, events in by_topic.items():
            place = newest_known_unread(events, own.get(topic, 0))
            oldest = await storage.nth_newest_time(work.connection, topic, min(place, FARTHEST)) if place else None
            kept.append(Lag(service, topic, events, oldest))
    await storage.replace_lags(work.connection, kept, at=work.now)


async def save_health(work: UnitOfWork, health: Iterable[Health]) -> None:
    """Keep what the services said about themselves."""
    await storage.save_health(work.connection, health, at=work.now)


async def note_failure(work: UnitOfWork, failure: tuple[str, str]) -> None:
    """Keep why (second) a subject (first) could not be looked at."""
    await storage.note_failure(work.connection, *failure)


async def forget_old_statistics(work: UnitOfWork) -> int:
    """Drop windows and runs of more than a day ago. Returns 0: one pass takes all."""
    await storage.delete_statistics_before(work.connection, work.now - STATISTICS_KEPT)
    return 0


def _seen(event: Envelope, arrived_at: datetime) -> Seen:
    service = event.source.rpartition("/")[2]
    known = (event.id, event.case_id, service, event.entry.type, event.entry.topic, event.subject)
    return Seen(*known, event.sequence, event.time, arrived_at)


def _cause(work: UnitOfWork) -> Envelope:
    assert work.cause is not None
    return work.cause


async def _record_cause(work: UnitOfWork) -> None:
    await record_events(work, [_cause(work)])
