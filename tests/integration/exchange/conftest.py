"""Exchange on a real PostgreSQL, with a clock that a test moves, and its API without a network."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import httpx
import pytest

from services.exchange import queries, use_cases
from services.exchange.rules import ChangeView, ExchangeView, Item, Plan
from services.exchange.wiring import SERVICE
from shared.events.base import Event
from shared.events.envelope import Envelope, open_envelope, wrap
from shared.events.evaluation import ActionAgreed, EvaluationSubmitted, SurveyKind
from shared.events.intake import MemberRegistered, OrganisationRegistered
from shared.http.auth import NotSignedIn, TokenVerifier
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, Position, Role
from shared.streaming.batch import BatchProcessor
from shared.streaming.message import Message
from tests.builders.exchange import (
    ACTION,
    APPLICATION,
    ASSOCIATION,
    FIRST,
    KNOWN,
    REQUESTER,
    REQUESTERS_MEMBER,
    THIRD,
    a_match,
    a_plan,
)
from tests.conftest import OpenDatabase
from tests.fakes.clock import FakeClock
from tests.fakes.http import calling

C = TypeVar("C")
T = TypeVar("T")

COORDINATOR = Actor("coordinator", frozenset({Role.COORDINATOR}))
APPLICANT = Actor("applicant", frozenset({Role.APPLICANT}), organisation_id=REQUESTER)
OFFICER = Actor("officer", frozenset({Role.ASSOCIATION}), organisation_id=ASSOCIATION)
READER = Actor("reader", frozenset({Role.READER}))
PEOPLE = {actor.account: actor for actor in (COORDINATOR, APPLICANT, OFFICER, READER)}


def message_of(event: Event, offset: int = 0) -> Message:
    """The event as Kafka would bring it."""
    envelope = wrap(
        event,
        event_id=new_id(),
        service="elsewhere",
        time=datetime(2030, 1, 1, tzinfo=UTC),
        sequence=1,
        case_id=APPLICATION,
        traceparent=None,
    )
    return Message(envelope.entry.topic, 0, offset, 0, envelope.subject, envelope.headers(), envelope.value())


def an_answer(exchange_id: UUID, kind: SurveyKind = SurveyKind.BEFORE, by: UUID = REQUESTER) -> EvaluationSubmitted:
    """A survey that was answered."""
    return EvaluationSubmitted(
        survey_id=new_id(),
        exchange_id=exchange_id,
        application_id=APPLICATION,
        respondent_id=by,
        kind=kind,
        ratings=(),
    )


def an_action(exchange_id: UUID) -> ActionAgreed:
    """An action that the requester's member owns."""
    return ActionAgreed(
        action_id=ACTION,
        exchange_id=exchange_id,
        application_id=APPLICATION,
        owner_id=REQUESTERS_MEMBER,
        due=FIRST + timedelta(days=90),
    )


@dataclass
class Exchanges:
    """The service without its process: events in batches, commands and reads, each in its own transaction."""

    database: Database
    clock: FakeClock
    offsets: int = 0
    seen: set[int] = field(default_factory=set)

    async def hears(self, *events: Event) -> None:
        """Events as the consumer would process them, in one batch."""
        messages = [message_of(event, self.offsets + place) for place, event in enumerate(events)]
        self.offsets += len(events)
        await self.gets(*messages)

    async def gets(self, *messages: Message) -> None:
        """Messages, which may be the same again."""
        await BatchProcessor(self.database, SERVICE.reactions).process(messages)

    async def does(
        self, use_case: Callable[[UnitOfWork, C], Awaitable[T]], command: C, actor: Actor = COORDINATOR
    ) -> T:
        """A command, committed."""
        async with self.database.unit_of_work(actor) as work:
            return await use_case(work, command)

    async def planned(self, mode: Mode = Mode.EXPERT_MISSION) -> UUID:
        """An exchange of known organisations, just planned; returns its id."""
        await self.hears(*everybody(), a_match(mode))
        (view,) = await self.of_case()
        return view.id

    async def agreed(self, mode: Mode = Mode.EXPERT_MISSION) -> UUID:
        """An exchange with agreed terms of reference; returns its id."""
        exchange_id = await self.planned(mode)
        await self.does(use_cases.draft_terms, use_cases.OneExchange(exchange_id))
        await self.does(use_cases.agree_terms, use_cases.AgreeTerms(exchange_id, ASSOCIATION, (THIRD,)))
        return exchange_id

    async def prepared(self, mode: Mode = Mode.EXPERT_MISSION, plan: Plan | None = None) -> UUID:
        """An exchange that only has to be declared ready; returns its id."""
        exchange_id = await self.agreed(mode)
        await self.does(use_cases.schedule_exchange, use_cases.ScheduleExchange(exchange_id, plan or a_plan(mode)))
        await self.does(use_cases.tick_item, use_cases.TickItem(exchange_id, Item.SAFETY, None, True))
        await self.hears(an_answer(exchange_id))
        return exchange_id

    async def of_case(self, actor: Actor = COORDINATOR) -> list[ExchangeView]:
        """The case's exchanges as the actor sees them."""
        async with self.database.reading() as connection:
            return await queries.exchanges_of(connection, actor, APPLICATION)

    async def shown(self, exchange_id: UUID, actor: Actor = COORDINATOR) -> ExchangeView:
        """One exchange as the actor sees it."""
        async with self.database.reading() as connection:
            return await queries.exchange(connection, actor, exchange_id)

    async def history(self, exchange_id: UUID) -> list[ChangeView]:
        """What was done with it, as the coordinator sees it."""
        async with self.database.reading() as connection:
            return await queries.history(connection, COORDINATOR, exchange_id)

    async def dead(self) -> list[tuple[str, str]]:
        """The dead letters: their reasons and codes."""
        async with self.database.reading() as connection:
            rows = await connection.fetch("SELECT reason, detail FROM dead_letters WHERE state = 'dead'")
        return [(row["reason"], row["detail"].partition(":")[0]) for row in rows]

    async def announced(self) -> list[Envelope]:
        """What was announced since the last look, in the order in which the relay would send it."""
        async with self.database.reading() as connection:
            waiting = await outbox.oldest(connection, 10_000)
        new = [row for row in waiting if row.position not in self.seen]
        self.seen |= {row.position for row in new}
        return [open_envelope(row.attributes, row.value) for row in new]

    async def events(self) -> list[str]:
        """The names of what was announced since the last look."""
        return [type(envelope.data).__name__ for envelope in await self.announced()]

    def it_is(self, day: date) -> None:
        """Noon of that day."""
        self.clock.now = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def everybody() -> list[Event]:
    """What intake has announced of everybody who is known."""
    organisations = [
        OrganisationRegistered(organisation_id=id_, kind=kind, name="A town", country="NL", seat=2759879)
        for id_, kind in KNOWN.kinds.items()
    ]
    members = [
        MemberRegistered(member_id=id_, organisation_id=home, position=Position.ENGINEER, elected=False)
        for id_, home in KNOWN.organisation_of.items()
    ]
    return [*organisations, *members]


@pytest.fixture
async def exchanges(open_database: OpenDatabase, clock: FakeClock) -> Exchanges:
    """The service with an empty database of its own, on the eve of the planned first day."""
    made = Exchanges(await open_database(SERVICE.name), clock)
    made.it_is(FIRST - timedelta(days=1))
    return made


class _NamedInTheHeader(TokenVerifier):
    """Believes the name in the Authorization header, so that a test can be anybody."""

    async def actor(self, authorization: str | None) -> Actor:
        if authorization not in PEOPLE:
            raise NotSignedIn("nobody")
        return PEOPLE[authorization]


@pytest.fixture
async def api(exchanges: Exchanges) -> AsyncIterator[httpx.AsyncClient]:
    """The API as the coordinator calls it; another `Authorization` header makes the caller somebody else."""
    somebody = {"Authorization": COORDINATOR.account}
    async with calling(SERVICE, exchanges.database, _NamedInTheHeader("unused"), **somebody) as client:
        yield client
