"""Matching on a real PostgreSQL, with a clock that a test moves, and its API without a network."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import httpx
import pytest

from services.matching import queries, use_cases
from services.matching.live import titles
from services.matching.rules.policy import Policy, Terms
from services.matching.rules.proposals import DeclineReason
from services.matching.rules.views import ProposalView, SearchView
from services.matching.use_cases import AcceptProposal, DeclineProposal, SetTerms
from services.matching.wiring import SERVICE
from shared.events.base import Event
from shared.events.envelope import Envelope, open_envelope
from shared.events.intake import ApplicationValidated, OfferPublished
from shared.hosting.schedule import Due, run_once
from shared.http.auth import NotSignedIn, TokenVerifier
from shared.postgres.outbox import oldest
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming.batch import BatchProcessor
from shared.streaming.dead_letters import listed
from tests.builders.matching import COORDINATOR, an_application, an_offer, somebody_of
from tests.conftest import OpenDatabase
from tests.fakes.http import calling
from tests.integration.shared.arriving import Arriving

C = TypeVar("C")
T = TypeVar("T")
Crowd = tuple[list[ApplicationValidated], list[OfferPublished]]


@dataclass
class Matching:
    """The service without its process: events come as messages, commands and schedules in their own transactions."""

    database: Database
    arriving: Arriving = field(default_factory=Arriving)
    seen: set[int] = field(default_factory=set)

    async def hears(self, *events: Event) -> None:
        """Events in one batch, as the consumer hands them over."""
        messages = [self.arriving.message(event) for event in events]
        await BatchProcessor(self.database, SERVICE.reactions).process(messages)

    async def does(self, actor: Actor, use_case: Callable[[UnitOfWork, C], Awaitable[T]], command: C) -> T:
        async with self.database.unit_of_work(actor) as work:
            return await use_case(work, command)

    async def accepts(self, organisation_id: UUID, proposal_id: UUID) -> ProposalView:
        return await self.does(somebody_of(organisation_id), use_cases.accept_proposal, AcceptProposal(proposal_id))

    async def declines(
        self, organisation_id: UUID, proposal_id: UUID, reason: DeclineReason = DeclineReason.DATES
    ) -> ProposalView:
        command = DeclineProposal(proposal_id, reason)
        return await self.does(somebody_of(organisation_id), use_cases.decline_proposal, command)

    async def agree(self, proposal: ProposalView) -> ProposalView:
        """Both sides accept."""
        await self.accepts(proposal.offerer_id, proposal.proposal_id)
        return await self.accepts(proposal.requester_id, proposal.proposal_id)

    async def search(self, application: ApplicationValidated) -> SearchView:
        async with self.database.reading() as connection:
            return await queries.search(connection, COORDINATOR, application.application_id)

    async def proposals(self, application: ApplicationValidated) -> list[ProposalView]:
        async with self.database.reading() as connection:
            return await queries.application_proposals(connection, COORDINATOR, application.application_id)

    async def proposal(self, application: ApplicationValidated) -> ProposalView:
        """The only proposal of an application."""
        (proposal,) = await self.proposals(application)
        return proposal

    async def lets_time_work(self) -> dict[str, int]:
        """Run every row of the schedule until nothing is due; how many things each row did."""
        done: dict[str, int] = {}
        for due in SERVICE.schedule:
            while number := await run_once(due, self.database):
                done[due.name] = done.get(due.name, 0) + number
        return done

    async def runs(self, name: str) -> int:
        """Run one row of the schedule once; how many things it did."""
        return await run_once(_row(name), self.database)

    async def crashes_in(self, name: str) -> None:
        """Run one row of the schedule and lose the connection before its commit."""
        async with self.database.unit_of_work() as work:
            await _row(name).use_case(work)
            raise ConnectionResetError(name)

    async def envelopes(self) -> list[Envelope]:
        """What was announced since the last look, in the order in which the relay would send it."""
        async with self.database.reading() as connection:
            waiting = await oldest(connection, 10_000)
        new = [row for row in waiting if row.position not in self.seen]
        self.seen |= {row.position for row in new}
        return [open_envelope(row.attributes, row.value) for row in new]

    async def announced(self) -> list[Event]:
        """The facts of `envelopes`."""
        return [envelope.data for envelope in await self.envelopes()]

    async def dead_letters(self) -> list[str]:
        """The details of events that were set aside."""
        async with self.database.reading() as connection:
            return [row["detail"] for row in await listed(connection, state="dead", limit=100)]

    async def somebody_waits(self) -> bool:
        """Whether a transaction waits for another one's lock."""
        async with self.database.reading() as connection:
            waits: bool = await connection.fetchval(
                """
                SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                               WHERE NOT l.granted AND a.datname = current_database())
                """
            )
            return waits

    async def lets_coordinators_choose(self, programme: str, based_on: int | None = None, **changes: object) -> Policy:
        """A programme whose proposals are published by coordinators; returns its policy."""
        terms = Terms.model_validate(
            {"weights": {}, "proposals": 3, "answer_days": 10, "publishing": "by-coordinator", **changes}
        )
        return await self.does(COORDINATOR, use_cases.set_terms, SetTerms(programme, terms, based_on))

    async def reserved(self, offer_id: UUID) -> int:
        async with self.database.reading() as connection:
            number: int = await connection.fetchval("SELECT reserved FROM offers WHERE offer_id = $1", offer_id)
            return number


def _row(name: str) -> Due:
    (row,) = [due for due in SERVICE.schedule if due.name == name]
    return row


@pytest.fixture
async def matching(open_database: OpenDatabase) -> Matching:
    """Matching with an empty database of its own."""
    return Matching(await open_database("matching"))


@pytest.fixture
async def crowd(matching: Matching) -> Crowd:
    """Four applications that a coordinator decides on, three offers with one place each; all suit all."""
    await matching.lets_coordinators_choose("danube")
    offers = [an_offer(years_in_role=years) for years in (10, 6, 2)]
    applications = [an_application(programme="danube") for _ in range(4)]
    await matching.hears(*offers, *applications, an_application())
    await matching.announced()
    return applications, offers


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Titles are looked for again at once: a test is shorter than the usual waits."""
    monkeypatch.setattr(titles, "LOOK_EVERY", 0.02)
    monkeypatch.setattr(titles, "SHARE_OF_LOOKING", 1.0)
    monkeypatch.setattr(titles, "FIRST_BACKOFF", 0.01)
    monkeypatch.setattr(titles, "LAST_BACKOFF", 0.05)


class KnownPeople(TokenVerifier):
    """A token reads "role,role:organisation"."""

    async def actor(self, authorization: str | None) -> Actor:
        if authorization is None:
            raise NotSignedIn("Send a bearer token.")
        roles, _, organisation = authorization.removeprefix("Bearer ").partition(":")
        return Actor(
            authorization,
            frozenset(Role(role) for role in roles.split(",") if role),
            organisation_id=UUID(organisation) if organisation else None,
        )


@pytest.fixture
async def client(matching: Matching) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the API."""
    async with calling(SERVICE, matching.database, KnownPeople("no address"), below="/v1") as client:
        yield client
