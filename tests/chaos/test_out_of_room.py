"""Kafka and PostgreSQL run out of disk, and out of connections, in mid-work."""

import asyncio
import os
from asyncio import to_thread
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from deploy.embedded.postgres import UNPRIVILEGED
from deploy.embedded.testing import EmbeddedServers
from tests.chaos.asking import Asker, at
from tests.chaos.processes import until
from tests.chaos.small_disk import SmallDisk, small_disk
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("pressure"),
    pytest.mark.timeout(300),
]

FOR_POSTGRES, FOR_KAFKA = 400, 128  # megabytes
ASKED_FIRST = 240
CONNECTIONS, WAITING = 40, 10  # of the broker; more than 50 would not even wait


@asynccontextmanager
async def postgres_on_a_small_disk(servers: EmbeddedServers) -> AsyncIterator[SmallDisk]:
    """For as long as the block lasts."""
    await to_thread(servers.stop_postgres)
    with small_disk(servers.folder / "postgres" / "data", FOR_POSTGRES) as disk:
        # The namespace makes us root, as which no PostgreSQL runs; for root itself the server's own command sees to it.
        servers.before["postgres"] = (*disk.enter, *(UNPRIVILEGED if os.geteuid() else ()))
        try:
            await to_thread(servers.restart_postgres)
            yield disk
        finally:
            await to_thread(servers.stop_postgres)
            del servers.before["postgres"]


@asynccontextmanager
async def kafka_on_a_small_disk(servers: EmbeddedServers) -> AsyncIterator[SmallDisk]:
    """For as long as the block lasts."""
    await to_thread(servers.stop_kafka)
    with small_disk(servers.folder / "kafka" / "data", FOR_KAFKA) as disk:
        servers.before["kafka"] = disk.enter
        try:
            await to_thread(servers.restart_kafka)
            yield disk
        finally:
            await to_thread(servers.kill_kafka)
            del servers.before["kafka"]


@asynccontextmanager
async def no_connection_left(servers: EmbeddedServers) -> AsyncIterator[None]:
    """For as long as the block lasts somebody else has or awaits every connection that the broker gives."""
    host, port = servers.kafka_bootstrap.split(":")
    async with AsyncExitStack() as closing:
        await limit_connections(servers, {"max.connections": str(CONNECTIONS)})
        closing.push_async_callback(limit_connections, servers, {})
        for _ in range(CONNECTIONS + WAITING):
            _, writer = await asyncio.open_connection(host, port)
            closing.callback(writer.close)
        yield


async def limit_connections(servers: EmbeddedServers, limit: dict[str, str]) -> None:
    """Set it, or take it away."""
    admin = AIOKafkaAdminClient(bootstrap_servers=servers.kafka_bootstrap)
    await admin.start()
    try:
        await admin.alter_configs([ConfigResource(ConfigResourceType.BROKER, "1", limit)])
    finally:
        await admin.close()


@asynccontextmanager
async def held(dsn: str, table: str) -> AsyncIterator[None]:
    """Somebody holds a table for as long as the block lasts."""
    somebody = await asyncpg.connect(dsn)
    try:
        async with somebody.transaction():
            await somebody.execute(f"LOCK TABLE {table}")
            yield
    finally:
        await somebody.close()


async def ask_for_many(asker: Asker, applications: Sequence[UUID]) -> None:
    """Have so much said that what is made of it can't fit into the pages that there are."""
    for _ in range(ASKED_FIRST // len(applications)):
        await asyncio.gather(*(asker.insist(application_id) for application_id in applications))


async def refused_politely(asker: Asker) -> None:
    """Wait until the desk has refused, and look how, each time: a problem document that says what to do."""

    async def refused() -> bool:
        return bool(asker.refusals)

    await until("the desk refuses", refused)
    for answer in asker.refusals:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["Retry-After"]
        assert "same Idempotency-Key" in answer.json()["detail"]


async def test_postgres_is_out_of_disk_and_gets_room_again(stage: Stage) -> None:
    """Breaks when what could not be stored is answered with a yes, acknowledged or deleted, when a process that can't
    store anything says that it is ready because it can still read, or when it does not recover by itself.
    """
    servers = stage.servers
    async with postgres_on_a_small_disk(servers) as disk:
        desk, relay, echo = stage.desk(), stage.caller_relay(), stage.echo()
        for process in (desk, relay, echo):
            await process.ready()
        async with at(desk) as asker:
            # The echo has a queue when the disk fills, so that it meets that too.
            async with held(stage.echo_dsn, "tallies"):
                await ask_for_many(asker, stage.applications)
                await to_thread(disk.fill)
            async with asker.asking(stage.applications):
                await refused_politely(asker)
                await desk.not_ready("room: PostgreSQL has no disk left")
                await echo.not_ready("react: DiskFullError")
                await to_thread(disk.give_room)
                await to_thread(servers.restart_postgres)  # where no room was left for its log, it has ended
                for process in (desk, relay, echo):
                    await process.ready()
                await stage.more_is_heard()
        await stage.at_rest()
        counts = await stage.invariant_holds()
        assert counts.unique_in == asker.accepted
        await refused_politely(asker)


async def test_kafka_is_out_of_disk_and_is_started_again_with_room(stage: Stage) -> None:
    """Breaks when the relay deletes what Kafka could not store, or when it or the consumer says that it is ready
    without a broker that takes anything.
    """
    servers, caller = stage.servers, await stage.caller()
    async with kafka_on_a_small_disk(servers) as disk:
        relay, echo = stage.caller_relay(environment={"CHAOS_ACKNOWLEDGED_WITHIN": "2"}), stage.echo()
        async with caller.talking(stage.applications):
            await stage.more_is_heard()
            await to_thread(disk.fill)
            await relay.not_ready("relay: ")
            await echo.not_ready("react: ")
            await to_thread(disk.give_room)
            await to_thread(servers.kill_kafka)  # a broker without a disk ends, or stays and takes nothing
            await to_thread(servers.restart_kafka)
            await echo.ready()
            await relay.ready()
            await stage.more_is_heard()
        await caller.say_to_all(stage.applications)
        await stage.at_rest()
        await stage.invariant_holds()


async def test_postgres_has_no_connection_left_for_us_and_then_has(stage: Stage) -> None:
    """Breaks when a refused connection is a defect (500, or the end of the process) and not an outage, or when whoever
    lost its connections does not ask for new ones.
    """
    role = f"limited_{uuid4().hex[:8]}"
    administrator = await asyncpg.connect(stage.servers.admin_dsn)
    await administrator.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'limited' IN ROLE postgres")
    as_role = {"CONNECT_POSTGRES_USER": role, "CONNECT_POSTGRES_PASSWORD": "limited"}
    desk = stage.desk(environment=as_role)
    relay, echo = stage.caller_relay(environment=as_role), stage.echo(environment=as_role)
    await desk.ready()
    async with at(desk) as asker, asker.asking(stage.applications):
        await stage.more_is_heard()
        await administrator.execute(f"ALTER ROLE {role} CONNECTION LIMIT 0")
        await administrator.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role)
        await refused_politely(asker)
        for process in (desk, relay, echo):
            await process.not_ready("database: PostgreSQL does not answer (TooManyConnectionsError)")
        await administrator.execute(f"ALTER ROLE {role} CONNECTION LIMIT 40")
        for process in (desk, relay, echo):
            await process.ready()
        await stage.more_is_heard()
    await administrator.close()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in == asker.accepted
    await refused_politely(asker)


async def test_kafka_has_no_connection_left_for_us_and_then_has(stage: Stage) -> None:
    """Breaks when a process that gets no connection ends, or waits for one without saying that it is not ready, or when
    it does not get in once there is one. The broker does not refuse: whoever connects waits and hears nothing.
    """
    caller, (relay, echo) = await stage.caller(), (stage.caller_relay(), stage.echo())
    async with caller.talking(stage.applications):
        await stage.more_is_heard()
        async with no_connection_left(stage.servers):
            for process in (relay, echo):
                await process.kill()
            relay, echo = stage.caller_relay(), stage.echo()
            await relay.not_ready("relay: Kafka can't be reached (KafkaConnectionError)")
            await echo.not_ready("react: Kafka can't be reached (KafkaConnectionError)")
        for process in (relay, echo):
            await process.ready()
        await stage.more_is_heard()
    await caller.say_to_all(stage.applications)
    await stage.at_rest()
    await stage.invariant_holds()
