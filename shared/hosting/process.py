"""One process with one or more roles of a service, from its first connection to its orderly end."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta

import asyncpg
import uvicorn

from shared.hosting import upkeep
from shared.hosting.dead_letters_api import dead_letters_router
from shared.hosting.schedule import run_schedule
from shared.hosting.service import Hosted, Role, Service
from shared.hosting.settings import Settings
from shared.http.app import create_app
from shared.http.auth import TokenVerifier
from shared.postgres import pool, room
from shared.postgres.migrate import missing, read_migrations
from shared.postgres.unit_of_work import Database
from shared.primitives.clock import Clock, utc_now
from shared.primitives.readiness import Readiness
from shared.primitives.waiting import wait_for
from shared.streaming.batch import BatchProcessor, topics_of
from shared.streaming.consumer import Consumer
from shared.streaming.relay import Relay
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

MEASURE_EVERY = 2.0
ASK_FOR_MIGRATIONS_EVERY = 1.0
GRACE = 5  # seconds that open requests get when the process ends


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: the process has one `stopping` for all its roles."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def run_roles(service: Service, settings: Settings, roles: Sequence[Role], stopping: asyncio.Event) -> None:
    """Run the roles until `stopping` is set. Health and metrics are served from the start, whatever is still away.

    Raises OSError with a sentence if the port is taken; an exception of a role ends the process, for a supervisor to
    start it anew.
    """
    with _listening(service.name, settings) as listener:
        async with _hosted(service, settings, stopping) as hosted:
            server = _Server(_http_config(service, hosted, roles))
            async with asyncio.TaskGroup() as group:
                group.create_task(_until_stopped(server, listener, stopping))
                group.create_task(_work(service, hosted, roles))


@asynccontextmanager
async def _hosted(service: Service, settings: Settings, stopping: asyncio.Event) -> AsyncIterator[Hosted]:
    connections = await pool.open_pool(settings.postgres, application=service.name)
    try:
        database = Database(connections, service.name, _clock(settings))
        yield Hosted(service.name, settings, database, Readiness(), stopping)
    finally:
        await _close(connections)


async def _close(connections: asyncpg.Pool) -> None:
    try:
        await asyncio.wait_for(connections.close(), GRACE)
    except TimeoutError:
        connections.terminate()


def _clock(settings: Settings) -> Clock:
    if not settings.clock_offset_seconds:
        return utc_now
    offset = timedelta(seconds=settings.clock_offset_seconds)
    return lambda: datetime.now(UTC) + offset


@contextmanager
def _listening(service: str, settings: Settings) -> Iterator[socket.socket]:
    """The HTTP port, bound before anything else is started."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.http_host, settings.http_port))
    except OSError as error:
        listener.close()
        raise OSError(
            f"the port {settings.http_port} of {settings.http_host} can't be used for {service} ({error.strerror}): "
            "end what uses it, or set CONNECT_HTTP_PORT or CONNECT_PORT_BASE to another"
        ) from error
    with listener:
        yield listener


def _http_config(service: Service, hosted: Hosted, roles: Sequence[Role]) -> uvicorn.Config:
    routers = [*service.routers, dead_letters_router(service.reactions)] if "http" in roles else []
    app = create_app(
        service=service.name,
        title=service.title,
        description=service.description,
        routers=routers,
        database=hosted.database,
        readiness=hosted.readiness,
        verifier=TokenVerifier(f"{hosted.settings.urls['portal']}/.well-known/jwks.json"),
        larger_bodies=service.larger_bodies,
    )
    app.state.hosted = hosted
    return uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        loop="uvloop",
        http="httptools",
        timeout_graceful_shutdown=GRACE,
        server_header=False,
    )


async def _until_stopped(server: _Server, listener: socket.socket, stopping: asyncio.Event) -> None:
    serving = asyncio.create_task(server.serve([listener]))
    await stopping.wait()
    server.should_exit = True
    await serving


async def _work(service: Service, hosted: Hosted, roles: Sequence[Role]) -> None:
    """Wait for the database to be up to date, then run companions and roles. An error ends the whole process."""
    try:
        if not await _migrated(service, hosted):
            return
        async with AsyncExitStack() as stack:
            for companion in service.companions:
                if companion.role in roles:
                    await stack.enter_async_context(companion.open(hosted))
            async with asyncio.TaskGroup() as group:
                for run in _runners(service, hosted, roles):
                    group.create_task(run())
    finally:
        hosted.stopping.set()


def _runners(
    service: Service, hosted: Hosted, roles: Sequence[Role]
) -> list[Callable[[], Coroutine[object, object, object]]]:
    stopping, readiness, database = hosted.stopping, hosted.readiness, hosted.database
    consumer = _consumer(service, hosted) if "react" in roles and service.reactions else None
    runners: list[Callable[[], Coroutine[object, object, object]]] = [lambda: _measure(hosted, consumer)]
    if consumer is not None:
        runners.append(lambda: consumer.run(stopping))
    if "relay" in roles:
        relay = Relay(service.name, hosted.settings.postgres, hosted.settings.kafka, readiness, database.outbox_filled)
        runners.append(lambda: relay.run(stopping))
    if "schedule" in roles:
        schedule = (*service.schedule, *upkeep.UPKEEP)
        runners.append(lambda: run_schedule(schedule, database, readiness, stopping))
    if "http" in roles:
        readiness.ready("http")
        runners.append(stopping.wait)
    return runners


def _consumer(service: Service, hosted: Hosted) -> Consumer:
    return Consumer(
        group=service.name,
        topics=topics_of(service.reactions),
        settings=hosted.settings.kafka,
        processor=BatchProcessor(hosted.database, service.reactions),
        readiness=hosted.readiness,
        instance_id=hosted.settings.group_instance_id,
        patience=service.patience,
    )


async def _migrated(service: Service, hosted: Hosted) -> bool:
    """Wait until the database has every migration of this release; False if the process is to end before."""
    migrations = read_migrations(service.name, service.migrations)
    while not hosted.stopping.is_set():
        try:
            async with hosted.database.pool.acquire() as connection:
                lacking = await missing(connection, migrations)
            if not lacking:
                metrics.MIGRATIONS_APPLIED.labels(service.name).set(len(migrations))
                hosted.readiness.ready("migrations", applied=len(migrations))
                return True
            reason = f"{len(lacking)} migrations are missing: run python -m services.{service.name} migrate"
        except (*pool.AWAY, asyncpg.PostgresError) as error:
            reason = pool.explain(error, hosted.settings.postgres)
        hosted.readiness.not_ready("migrations", reason)
        log.warning("not started yet", reason=reason)
        await wait_for(hosted.stopping, ASK_FOR_MIGRATIONS_EVERY)
    return False


async def _measure(hosted: Hosted, consumer: Consumer | None) -> None:
    while not hosted.stopping.is_set():
        try:
            await upkeep.measure(hosted.database, hosted.readiness)
        except (*pool.AWAY, asyncpg.PostgresError) as error:
            hosted.readiness.not_ready("outbox", f"can't be measured ({type(error).__name__})")
        await room.look(hosted.readiness, hosted.database)
        if consumer is not None:
            for topic, events in (await consumer.lag() or {}).items():
                metrics.CONSUMER_LAG.labels(hosted.service, topic).set(events)
        await wait_for(hosted.stopping, MEASURE_EVERY)
