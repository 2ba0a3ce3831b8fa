"""Evaluation on a real PostgreSQL, without its process."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Concatenate, ParamSpec, TypeVar

import pytest

from services.evaluation import queries, use_cases
from services.evaluation.rules.answers import Answers
from services.evaluation.rules.views import SurveySummary
from services.evaluation.wiring import SERVICE
from shared.events.base import Event
from shared.events.envelope import Envelope, open_envelope
from shared.events.evaluation import SurveyKind
from shared.hosting.schedule import run_once
from shared.postgres.outbox import oldest
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.terms import Side
from shared.streaming.reactions import Batched
from tests.builders.evaluation import APPLICANT, COORDINATOR, EXPERT, AnExchange, whole_answers
from tests.conftest import OpenDatabase
from tests.fakes.clock import FakeClock

C = TypeVar("C")
T = TypeVar("T")
P = ParamSpec("P")


@dataclass
class Evaluation:
    """Events, commands, reads and schedules, each in a transaction of its own."""

    database: Database
    clock: FakeClock
    seen: set[int] = field(default_factory=set)

    def on(self, day: date) -> None:
        """Let it be that day."""
        self.clock.move(day - self.clock.now.date())

    def days_later(self, days: int) -> None:
        """Let time pass."""
        self.clock.move(timedelta(days=days))

    async def hears(self, *events: Event) -> None:
        """Each event in its own transaction, as the consumer would."""
        for event in events:
            reaction = SERVICE.reactions[type(event)]
            assert not isinstance(reaction, Batched)
            async with self.database.unit_of_work() as work:
                await reaction(work, event)

    async def does(self, actor: Actor, use_case: Callable[[UnitOfWork, C], Awaitable[T]], command: C) -> T:
        """A command of that actor."""
        async with self.database.unit_of_work(actor) as work:
            return await use_case(work, command)

    async def shows(
        self,
        actor: Actor,
        query: Callable[Concatenate[Connection, Actor, P], Awaitable[T]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What that actor reads."""
        async with self.database.reading() as connection:
            return await query(connection, actor, *args, **kwargs)

    async def lets_time_work(self) -> dict[str, int]:
        """Run every row of the schedule until nothing is due; how many things each row did, where it did any."""
        done: dict[str, int] = {}
        for due in SERVICE.schedule:
            while number := await run_once(due, self.database):
                done[due.name] = done.get(due.name, 0) + number
        return done

    async def envelopes(self) -> list[Envelope]:
        """What was announced since the last look, in the order in which the relay would send it."""
        async with self.database.reading() as connection:
            waiting = await oldest(connection, 10_000)
        new = [row for row in waiting if row.position not in self.seen]
        self.seen |= {row.position for row in new}
        return [open_envelope(row.attributes, row.value) for row in new]

    async def announced(self) -> list[Any]:
        """The facts of `envelopes`."""
        return [envelope.data for envelope in await self.envelopes()]

    async def surveys_of(self, exchange: AnExchange, *kinds: SurveyKind) -> list[SurveySummary]:
        """The surveys of an exchange, of these kinds or of all."""
        found = await self.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
        return [survey for survey in found if not kinds or survey.kind in kinds]

    async def answers(self, survey: SurveySummary, answers: Answers | None = None, actor: Actor | None = None) -> None:
        """Whole answers of the survey's own side, or as told."""
        respondent = actor or (APPLICANT if survey.side is Side.REQUESTER else EXPERT)
        command = use_cases.AnswerSurvey(survey.survey_id, answers or whole_answers(survey.kind))
        await self.does(respondent, use_cases.answer_survey, command)

    async def completed_exchange(self) -> AnExchange:
        """An exchange that is over today, with nothing answered yet."""
        exchange = AnExchange()
        await self.hears(exchange.planned(), exchange.agreed(), exchange.started())
        self.on(exchange.last)
        await self.hears(exchange.completed())
        await self.announced()
        return exchange


@pytest.fixture
async def evaluation(open_database: OpenDatabase, clock: FakeClock) -> Evaluation:
    """Evaluation with an empty database of its own."""
    return Evaluation(await open_database("evaluation"), clock)
