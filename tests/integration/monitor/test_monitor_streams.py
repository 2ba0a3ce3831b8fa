"""The statistics worker on a real Kafka: what it counts is stored, and it comes back or ends, whatever happens."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from deploy.embedded.testing import EmbeddedServers
from services.monitor import queries
from services.monitor.rules.views import StreamsView
from services.monitor.streams import statistics
from services.monitor.streams.app import counting_app
from services.monitor.streams.ending import consumer_thread
from shared.events.catalogue import topics
from shared.events.envelope import Envelope
from shared.hosting.service import Hosted
from shared.hosting.settings import Settings
from shared.postgres.unit_of_work import Database
from shared.primitives.clock import utc_now
from shared.primitives.readiness import Readiness
from shared.streaming.settings import PATIENT_BYTES, KafkaSettings
from shared.streaming.topics import ensure_topics, ensure_topics_now
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.conftest import OpenDatabase, postgres_settings
from tests.integration.monitor.conftest import OPERATOR

pytestmark = [pytest.mark.servers, pytest.mark.chaos]

T = TypeVar("T")
SOON = 60.0  # seconds that a loaded machine may take
ENDS_WITHIN = 30.0


@pytest.fixture(scope="module")
def own_servers() -> Iterator[EmbeddedServers]:
    """A Kafka that no other test writes to, and that may be killed."""
    running = EmbeddedServers()
    running.start()
    ensure_topics_now(KafkaSettings(bootstrap=running.kafka_bootstrap))
    yield running
    running.stop()


@dataclass
class Streams:
    """The worker of one process beside a database."""

    servers: EmbeddedServers
    settings: Settings
    database: Database

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[Hosted]:
        """A process in which the worker lives."""
        hosted = Hosted("monitor", self.settings, self.database, Readiness(), asyncio.Event())
        async with statistics(hosted):
            yield hosted

    async def send(self, *events: Envelope) -> None:
        """Put events on their topics."""
        async with AIOKafkaProducer(bootstrap_servers=self.servers.kafka_bootstrap) as producer:
            for event in events:
                await producer.send_and_wait(
                    event.entry.topic, event.value(), key=event.subject.encode(), headers=list(event.headers())
                )

    async def view(self) -> StreamsView:
        async with self.database.reading() as connection:
            return await queries.streams(connection, OPERATOR, now=utc_now())

    async def of_type(self, name: str) -> int:
        """Events of that type within the last hour, as the page shows them."""
        return next((row.last_hour for row in (await self.view()).types if row.type == name), 0)

    async def runs(self) -> list[UUID]:
        async with self.database.reading() as connection:
            return [row[0] for row in await connection.fetch("SELECT run_id FROM statistics_runs ORDER BY started_at")]


@pytest.fixture
async def streams(own_servers: EmbeddedServers, servers: EmbeddedServers, open_database: OpenDatabase) -> Streams:
    """No worker yet, and statistics that are empty."""
    database = replace(await open_database("monitor"), clock=utc_now)
    name = await database.pool.fetchval("SELECT current_database()")
    settings = Settings(
        postgres=postgres_settings(servers, name),
        kafka=KafkaSettings(bootstrap=own_servers.kafka_bootstrap),
        http_port=1,
        urls={},
    )
    return Streams(own_servers, settings, database)


async def eventually(ask: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """Ask until the answer is what is wanted; fails with the last answer."""
    until = time.monotonic() + SOON
    while True:
        answer = await ask()
        if wanted(answer):
            return answer
        assert time.monotonic() < until, answer
        await asyncio.sleep(0.1)


async def is_counting(hosted: Hosted) -> float:
    part = hosted.readiness.parts.get("statistics")
    return part.figures.get("counting", 0) if part else 0


def a_case_now() -> ACase:
    return ACase(begins=datetime.now(UTC) - timedelta(minutes=10))


async def test_events_become_counts_and_steps_that_every_process_can_read(streams: Streams) -> None:
    case = a_case_now()
    letter = reported(a_dead_letter(case.says(case.evaluated())), service="exchange")
    sent = [
        case.says(case.submitted()),
        case.says(case.admitted(), after=timedelta(seconds=90)),
        case.says(case.proposed(date(2026, 6, 1)), after=timedelta(seconds=150)),
    ]
    async with streams.counting():
        await streams.send(*sent, letter)
        await eventually(streams.view, lambda view: (len(view.types), len(view.steps)) == (4, 2))
        view = await streams.view()  # asked again: what is read of one view may have been saved before and after
    assert {row.type: row.last_hour for row in view.types} == {
        "ApplicationSubmitted": 1,
        "ApplicationAdmitted": 1,
        "MatchProposed": 1,
        "EventDeadLettered": 1,
    }
    counted = {row.topic: row.last_hour for row in view.topics if row.last_hour}
    assert counted == {"intake.applications": 2, "matching.proposals": 1, "connect.dead-letters": 1}
    assert sum(minute.events for minute in view.minutes) == 4
    assert sum(minute.dead_letters for minute in view.minutes) == 1
    assert [(step.first, step.second, step.mean_seconds) for step in view.steps] == [
        ("ApplicationAdmitted", "MatchProposed", 150.0),
        ("ApplicationSubmitted", "ApplicationAdmitted", 90.0),
    ]
    assert view.counting.now


async def test_messages_that_are_no_events_are_counted_and_stop_nothing(streams: Streams) -> None:
    case = a_case_now()
    async with streams.counting():
        async with AIOKafkaProducer(bootstrap_servers=streams.servers.kafka_bootstrap) as producer:
            for headers in ([], [("ce_type", b"\xff\xfe")], [("ce_type", b"connect.intake.ApplicationAdmitted.v1")]):
                await producer.send_and_wait("intake.applications", b"{", headers=headers)
        await streams.send(case.says(case.withdrawn()))
        await eventually(lambda: streams.of_type("ApplicationWithdrawn"), lambda number: number >= 1)
    assert await streams.of_type("not in the catalogue") >= 2


async def test_faust_makes_no_topics(streams: Streams) -> None:
    async with streams.counting() as hosted:
        await eventually(lambda: is_counting(hosted), bool)
    admin = AIOKafkaAdminClient(bootstrap_servers=streams.servers.kafka_bootstrap)
    await admin.start()
    try:
        assert set(await admin.list_topics()) - {"__consumer_offsets"} == set(topics())
    finally:
        await admin.close()


async def test_a_broker_that_is_killed_and_comes_back_costs_no_count(streams: Streams) -> None:
    case = a_case_now()
    async with streams.counting() as hosted:
        before = await streams.of_type("ApplicationRejected")
        await streams.send(case.says(case.submitted()))
        await eventually(lambda: streams.of_type("ApplicationSubmitted"), bool)
        streams.servers.kill_kafka()
        await eventually(lambda: broker_is_away(streams), bool)
        streams.servers.restart_kafka()
        await streams.send(case.says(case.closed()))
        await eventually(lambda: streams.of_type("ApplicationClosed"), bool)
        assert await is_counting(hosted)
    assert before == 0


async def broker_is_away(streams: Streams) -> bool:
    try:
        await ensure_topics(streams.settings.kafka)
    except Exception:  # noqa: BLE001  whatever it says, it does not answer
        return True
    return False


async def test_a_worker_that_starts_while_kafka_is_away_counts_once_it_is_there(streams: Streams) -> None:
    case = a_case_now()
    streams.servers.kill_kafka()
    try:
        async with streams.counting() as hosted:
            await eventually(lambda: tried_in_vain(hosted), bool)
            streams.servers.restart_kafka()
            await streams.send(case.says(case.accepted()))
            await eventually(lambda: streams.of_type("MatchAccepted"), bool)
    finally:
        streams.servers.restart_kafka()


async def tried_in_vain(hosted: Hosted) -> bool:
    part = hosted.readiness.parts.get("statistics")
    return part is not None and part.ready and part.figures == {"counting": 0}


async def test_a_worker_that_loses_its_lock_begins_a_new_run_and_the_runs_add_up(streams: Streams) -> None:
    case = a_case_now()
    async with streams.counting():
        await streams.send(case.says(case.without_match()))
        await eventually(lambda: streams.of_type("NoMatchFound"), lambda number: number == 1)
        await streams.database.pool.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'monitor statistics'"
        )
        await eventually(streams.runs, lambda runs: len(runs) == 2)
        await streams.send(case.says(case.without_match()))
        await eventually(lambda: streams.of_type("NoMatchFound"), lambda number: number == 2)


async def test_of_two_processes_one_counts_and_the_other_takes_over_when_it_ends(streams: Streams) -> None:
    async with streams.counting() as second_before:
        await eventually(lambda: is_counting(second_before), bool)
        async with streams.counting() as waiting:
            await eventually(lambda: stands_by(waiting), bool)
            second_before.stopping.set()
            await eventually(lambda: is_counting(waiting), bool)
    assert len(await streams.runs()) == 2


async def stands_by(hosted: Hosted) -> bool:
    part = hosted.readiness.parts.get("statistics")
    return part is not None and part.figures.get("standby") == 1


@pytest.mark.parametrize("broker", ["there", "away"])
async def test_the_worker_ends_within_seconds_and_leaves_no_thread(streams: Streams, broker: str) -> None:
    case = a_case_now()
    threads = set(threading.enumerate())
    try:
        async with streams.counting() as hosted:
            await eventually(lambda: is_counting(hosted), bool)
            await streams.send(case.says(case.submitted()))
            await eventually(lambda: streams.of_type("ApplicationSubmitted"), bool)
            if broker == "away":
                streams.servers.kill_kafka()
                await eventually(lambda: broker_is_away(streams), bool)
            began = time.monotonic()
        assert time.monotonic() - began < ENDS_WITHIN
    finally:
        if broker == "away":
            streams.servers.restart_kafka()
    assert not [thread for thread in threading.enumerate() if thread not in threads and not thread.daemon]


async def test_kafka_may_let_the_worker_wait_for_more_events(streams: Streams) -> None:
    """Faust has no setting for it: this tells when a new release of it, or of its client, goes another way."""
    thread = consumer_thread(counting_app(streams.settings.kafka, topics()))
    client = thread._create_consumer(asyncio.get_running_loop())  # type: ignore[attr-defined]
    await client.start()
    try:
        assert client._fetcher._fetch_min_bytes == PATIENT_BYTES
    finally:
        await client.stop()
        thread.thread_loop.close()  # it was never started, so nobody else does
