"""The journey: what one command costs a caller, and how soon the next service has done its part."""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import asyncpg
import uvloop

from deploy.embedded.testing import EmbeddedServers
from shared.primitives.terms import Role
from tests.benchmarks.figures import Figure, TrialError, alone, compared, percentile
from tests.benchmarks.floors import FLOORS
from tests.benchmarks.journey.applications import Desk, an_organisation, open_desk
from tests.benchmarks.journey.bare import bare_api
from tests.benchmarks.journey.callers import Caller, sign_in
from tests.benchmarks.journey.hops import Hops, Journeys, PingPong, echoing, journeys, ping_pong
from tests.e2e.services import RunningServices

TURNS, COMMANDS, CASES, PAUSE = 3, 300, 100, 0.15
WARM_UP = 20
BARE_API, BARE_KAFKA = "FastAPI and asyncpg, the same SQL", "Kafka ping-pong of two processes"
MODE = "expert-mission"

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
Milliseconds = list[float]


def measure(report: Report, tell: Tell) -> None:
    """Start everything and use it lightly, one call after the other."""
    tell("journey: starting the servers and the six services")
    with RunningServices.started(durable=True, first=_note_commit_times) as services:
        tell(f"journey.command: {TURNS} turns of {COMMANDS} commands")
        _commands(services, report)
        tell(f"journey.two_hops: {TURNS} turns of {CASES} cases")
        with echoing(services.servers.kafka_bootstrap):
            uvloop.run(_hops(services, report))
        tell(f"journey.whole: {TURNS} cases from nothing to closed")
        _whole(services, report)


def _note_commit_times(servers: EmbeddedServers) -> None:
    """Have PostgreSQL note when it commits: the only clock that knows it."""

    async def alter() -> None:
        connection = await asyncpg.connect(servers.admin_dsn)
        try:
            await connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        finally:
            await connection.close()

    asyncio.run(alter())
    servers.stop_postgres()
    servers.restart_postgres()


def _commands(services: RunningServices, report: Report) -> None:
    ours = sign_in(services, "intake", [Role.COORDINATOR])
    turns: list[tuple[Milliseconds, Milliseconds]] = []
    with bare_api(services) as peer:
        for number in (WARM_UP, *[COMMANDS] * TURNS):
            pairs = [(_timed(peer, "/organisations"), _timed(ours, "/v1/organisations")) for _ in range(number)]
            turns.append(([mine for _, mine in pairs], [theirs for theirs, _ in pairs]))
    _report_percentiles("journey.command", BARE_API, turns[1:], report)


def _timed(caller: Caller, path: str) -> float:
    begun = time.perf_counter()
    caller.post(path, an_organisation())
    return (time.perf_counter() - begun) * 1e3


async def _hops(services: RunningServices, report: Report) -> None:
    desk = open_desk(services)
    turns: list[tuple[Milliseconds, Milliseconds]] = []
    effects: Milliseconds = []
    async with ping_pong(services.servers.kafka_bootstrap) as bare, journeys(services, desk) as ours:
        await _turn(desk, ours, bare, 2)
        for _ in range(TURNS):
            found, rounds = await _turn(desk, ours, bare, CASES)
            turns.append(([one.readable for one in found], rounds))
            effects.append(median(one.effect for one in found))
    _report_percentiles("journey.two_hops", BARE_KAFKA, turns, report)
    report(alone("journey.effect_in_the_next_database.p50", "ms", effects, "lower"))


async def _turn(desk: Desk, ours: Journeys, bare: PingPong, cases: int) -> tuple[list[Hops], Milliseconds]:
    """A bare round and one of our cases alternate, each after a pause: nine tenths of the time nothing happens.

    A machine that has rested for some milliseconds needs three times as long for a round as one that has not.
    """
    waiting = [await asyncio.to_thread(desk.almost_validated) for _ in range(cases)]
    found, rounds = [], []
    for application_id in waiting:
        await asyncio.sleep(PAUSE)
        rounds.append(await bare.milliseconds())
        await asyncio.sleep(PAUSE)
        found.append(await ours.sample(application_id))
    return found, rounds


def _whole(services: RunningServices, report: Report) -> None:
    outcomes = [_journey(services) for _ in range(TURNS)]
    report(alone("journey.whole", "s", [one["seconds"] for one in outcomes], "lower"))
    shares = [100 * one["busy_share"] for one in outcomes]
    report(alone("journey.whole.busy", "% of it, not our own waiting", shares, "higher"))


def _journey(services: RunningServices) -> dict[str, Any]:
    done = services.connect("journey", "--mode", MODE, "--json")
    if done.returncode:
        raise TrialError(f"connect journey failed: {done.stderr.strip() or done.stdout.strip()}")
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def _report_percentiles(
    name: str, peer: str, turns: Sequence[tuple[Milliseconds, Milliseconds]], report: Report
) -> None:
    for label, share in (("p50", 0.5), ("p99", 0.99)):
        runs = [(percentile(ours, share), percentile(theirs, share)) for ours, theirs in turns]
        report(compared(f"{name}.{label}", "ms", peer, runs, "lower", floor=FLOORS.get(f"{name}.{label}")))
