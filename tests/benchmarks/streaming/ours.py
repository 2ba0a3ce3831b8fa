"""CONNECT's consumer, with a reaction that gets a batch at once and with one that gets an event at a time."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from shared.events.envelope import Envelope
from shared.events.intake import ApplicationValidated
from shared.events.matching import FilteredOut, NoMatchFound
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.readiness import Readiness
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer
from shared.streaming.reactions import Batched, Reaction, Reactions
from shared.telemetry import metrics
from tests.benchmarks.streaming.material import SAVE_MANY, SAVE_ONE, TOPIC
from tests.benchmarks.streaming.stage import Stage

FILTERED = (FilteredOut(filter="language", offers=3), FilteredOut(filter="mode", offers=2))


def _counted() -> int:
    samples = (sample for metric in metrics.EVENTS_CONSUMED.collect() for sample in metric.samples)
    return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))


@dataclass(slots=True)
class Ours:
    """A service's consumer as its process runs it."""

    reaction: Reaction | Batched
    _before: int = field(default_factory=_counted)

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        reactions: Reactions = {ApplicationValidated: self.reaction}
        consumer = Consumer(
            group=stage.group,
            topics=(TOPIC,),
            settings=stage.kafka,
            processor=BatchProcessor(stage.database, reactions),
            readiness=Readiness(),
        )
        await consumer.run(stopping)

    @property
    def done(self) -> int:
        """Events of this run whose effects are committed."""
        return _counted() - self._before


async def keep_requests(work: UnitOfWork, events: Sequence[Envelope]) -> None:
    """Keep the newest event of each application, and announce one event for each that came."""
    newest: dict[str, tuple[Envelope, int]] = {}
    for envelope in events:
        _, number = newest.get(envelope.subject, (envelope, 0))
        newest[envelope.subject] = (envelope, number + 1)
    kept = sorted(newest.items())
    facts = [cast(ApplicationValidated, envelope.data) for _, (envelope, _) in kept]
    await work.connection.execute(
        SAVE_MANY,
        [fact.application_id for fact in facts],
        [fact.organisation.organisation_id for fact in facts],
        [fact.title for fact in facts],
        [fact.participants for fact in facts],
        [envelope.sequence for _, (envelope, _) in kept],
        [number for _, (_, number) in kept],
    )
    for envelope in events:
        work.caused_by(envelope).announce(_answer(cast(ApplicationValidated, envelope.data)), case=envelope.case_id)


async def keep_request(work: UnitOfWork, event: ApplicationValidated) -> None:
    """The same for one event."""
    assert work.cause is not None
    await work.connection.execute(
        SAVE_ONE,
        event.application_id,
        event.organisation.organisation_id,
        event.title,
        event.participants,
        work.cause.sequence,
    )
    work.announce(_answer(event), case=work.cause.case_id)


def _answer(event: ApplicationValidated) -> NoMatchFound:
    return NoMatchFound(application_id=event.application_id, considered=event.participants, filtered=FILTERED)
