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
from shared.telemetry.metrics import Outcome
from tests.benchmarks.streaming.material import SAVE_MANY, SAVE_ONE
from tests.benchmarks.streaming.stage import SERVICE, Stage

FILTERED = (FilteredOut(filter="language", offers=3), FilteredOut(filter="mode", offers=2))


@dataclass(slots=True)
class Ours:
    """A service's consumer as its process runs it. `outcome`: which events are counted as done."""

    reaction: Reaction | Batched
    outcome: Outcome = Outcome.HANDLED
    _before: int = field(init=False)

    def __post_init__(self) -> None:
        self._before = self._counted()

    async def run(self, stage: Stage, stopping: asyncio.Event) -> None:
        """Consume until `stopping` is set."""
        await self.consumer(stage).run(stopping)

    def consumer(self, stage: Stage) -> Consumer:
        """The consumer, not running yet."""
        reactions: Reactions = {ApplicationValidated: self.reaction}
        return Consumer(
            group=stage.group,
            topics=(stage.topic,),
            settings=stage.kafka,
            processor=BatchProcessor(stage.database, reactions),
            readiness=Readiness(),
        )

    @property
    def done(self) -> int:
        """Events of this run that are committed with this outcome."""
        return self._counted() - self._before

    def _counted(self) -> int:
        event = ApplicationValidated.__name__
        return int(metrics.EVENTS_CONSUMED.labels(SERVICE, event, self.outcome)._value.get())


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
