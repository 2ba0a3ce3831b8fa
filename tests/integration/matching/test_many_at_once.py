"""Two hundred want three places in the same moment, at two processes of the service."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from deploy.embedded.testing import EmbeddedServers
from services.matching.rules.views import ProposalView
from shared.events.base import Window
from shared.events.matching import MatchAccepted, MatchConfirmed, MatchSuperseded, NoMatchFound
from tests.builders.matching import an_application, an_offer, an_organisation
from tests.chaos.processes import HOST, Processes
from tests.fakes.clock import FakeClock
from tests.fakes.portal_keys import publishing, token
from tests.integration.matching.conftest import Matching

MONDAY = date(2026, 6, 1)
WANT, PLACES, PROCESSES = 200, 3, 2
ALL_ANSWERED_WITHIN = 30.0  # seconds
ALL_SUPERSEDED_WITHIN = 30.0


@pytest.fixture
async def processes(
    matching: Matching, servers: EmbeddedServers, clock: FakeClock
) -> AsyncIterator[Sequence[httpx.AsyncClient]]:
    """Clients of two processes that serve the API on the database of `matching`, at the time of its clock."""
    async with matching.database.reading() as connection:
        database = await connection.fetchval("SELECT current_database()")
    running, clients = Processes(), []
    async with publishing([]) as portal:
        environment = {
            "CONNECT_POSTGRES_PORT": str(servers.postgres_port),
            "CONNECT_POSTGRES_DATABASE": database,
            "CONNECT_POSTGRES_USER": "postgres",
            "CONNECT_POSTGRES_PASSWORD": servers.postgres_password("postgres"),
            "CONNECT_CLOCK_OFFSET_SECONDS": str(int((clock.now - datetime.now(UTC)).total_seconds())),
            "CONNECT_URL_PORTAL": portal,
        }
        try:
            started = [running.start("services.matching", "http", environment) for _ in range(PROCESSES)]
            for process in started:
                await process.ready()
            limits = httpx.Limits(max_connections=None)
            for process in started:
                address = f"http://{HOST}:{process.port}/v1"
                clients.append(httpx.AsyncClient(base_url=address, limits=limits, timeout=60, trust_env=False))
            yield clients
        finally:
            for client in clients:
                await client.aclose()
            await running.end()


async def accepted_by_offerer(matching: Matching) -> list[ProposalView]:
    """One proposal for each of 200 applications, each for a week of its own; the offerer has agreed to all."""
    offer = an_offer(capacity=PLACES, windows=(Window(first=MONDAY, last=MONDAY + timedelta(weeks=WANT + 1)),))
    weeks = [MONDAY + timedelta(weeks=number) for number in range(WANT)]
    applications = [
        an_application(earliest=first, latest=first + timedelta(days=4), organisation=an_organisation())
        for first in weeks
    ]
    await matching.hears(offer, *applications)
    proposals = [await matching.proposal(application) for application in applications]
    for proposal in proposals:
        await matching.accepts(proposal.offerer_id, proposal.proposal_id)
    await matching.announced()
    return proposals


async def accept(client: httpx.AsyncClient, proposal: ProposalView) -> httpx.Response:
    bearer = {"Authorization": f"Bearer {token(organisation_id=str(proposal.requester_id))}"}
    return await client.post(f"/proposals/{proposal.proposal_id}/acceptance", headers=bearer)


async def test_of_two_hundred_acceptances_at_once_three_get_the_three_places_and_all_others_are_told(
    matching: Matching, processes: Sequence[httpx.AsyncClient]
) -> None:
    proposals = await accepted_by_offerer(matching)
    async with asyncio.timeout(ALL_ANSWERED_WITHIN):
        answers = await asyncio.gather(
            *(accept(processes[place % PROCESSES], proposal) for place, proposal in enumerate(proposals))
        )
    assert Counter(answer.status_code for answer in answers) == {200: PLACES, 409: WANT - PLACES}
    problems = [answer.json() for answer in answers if answer.status_code == 409]
    assert {(problem["code"], problem["detail"]) for problem in problems} == {
        (
            "capacity-gone",
            "The last place of this offer was taken by others. Nothing was booked; look for your other proposals.",
        )
    }
    won = {p.application_id for p, answer in zip(proposals, answers, strict=True) if answer.status_code == 200}
    assert await matching.reserved(proposals[0].offer_id) == PLACES
    announced = await matching.announced()
    assert Counter(type(event) for event in announced) == {MatchAccepted: PLACES, MatchConfirmed: PLACES}

    async with asyncio.timeout(ALL_SUPERSEDED_WITHIN):
        assert (await matching.lets_time_work())["supersede lost proposals"] == WANT - PLACES
    told = await matching.announced()
    assert {event.reason for event in told if isinstance(event, MatchSuperseded)} == {"capacity-gone"}
    lost = {proposal.application_id for proposal in proposals} - won
    for kind in (MatchSuperseded, NoMatchFound):
        assert {event.application_id for event in told if isinstance(event, kind)} == lost
    async with matching.database.reading() as connection:
        assert await connection.fetchval("SELECT count(*) FROM bookings") == PLACES
        mine = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        assert await connection.fetchval(mine) == 0
