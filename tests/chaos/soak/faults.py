"""How each fault is done. A fault returns when it is over; whether all has recovered is not waited for."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Mapping

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from tests.chaos.evidence import IN
from tests.chaos.processes import until
from tests.chaos.proxy import Cut
from tests.chaos.soak.cast import Cast, bring_back, in_a_thread
from tests.chaos.soak.schedule import Fault, Kind
from tests.chaos.stage import Stage

Act = Callable[[Cast, Fault], Awaitable[None]]

PATIENCE = 120.0
AGAIN = 0.2
BACK = 300  # so many messages of each partition are looked at for repetitions
ONE_IN = 5  # and so many of them are written again


async def do(cast: Cast, fault: Fault) -> None:
    """Do it to whoever plays the part now. Raises AssertionError if it can't be done within two minutes."""
    cast.replace_the_dead()
    await ACTS[fault.kind](cast, fault)


async def _kill(cast: Cast, fault: Fault) -> None:
    await cast.replace(fault.target)


async def _freeze(cast: Cast, fault: Fault) -> None:
    child = cast.playing[fault.target].child
    child.send_signal(signal.SIGSTOP)
    try:
        await asyncio.sleep(fault.seconds)
    finally:
        child.send_signal(signal.SIGCONT)


async def _end_session(cast: Cast, fault: Fault) -> None:
    stage = cast.stage
    name = stage.name if fault.target == "relay" else f"{stage.name}_caller"
    administrator = await asyncpg.connect(stage.servers.admin_dsn)

    async def is_cut_off() -> bool:
        question = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1"
        return bool(await administrator.fetch(question, f"{name} relay"))

    try:
        await until(f"the {fault.target} is cut off", is_cut_off, PATIENCE)
    finally:
        await administrator.close()


async def _lose_commit(cast: Cast, fault: Fault) -> None:
    """The next one. It is not waited for: member-2 may have no partitions yet, or nothing to do."""
    cast.proxy.cut = Cut(fault.target)
    cast.proxy.left += 1


async def _repeat(cast: Cast, _: Fault) -> None:
    """One in five of the latest messages once more, with the same bytes and headers, on the same partition."""
    until_then = time.monotonic() + PATIENCE
    while True:
        try:
            return await _write_again(cast.stage, (await _latest(cast.stage))[::ONE_IN])
        except (KafkaError, OSError):
            if time.monotonic() > until_then:
                raise
            await asyncio.sleep(AGAIN)  # what is written twice or three times is a repetition too


async def _latest(stage: Stage) -> list[ConsumerRecord]:
    beginnings = {place: offset for place, offset in stage.since.items() if place.topic == IN}
    found: list[ConsumerRecord] = []
    async with AIOKafkaConsumer(bootstrap_servers=stage.servers.kafka_bootstrap) as kafka:
        kafka.assign(list(beginnings))
        ends = await kafka.end_offsets(list(beginnings))
        for place, offset in beginnings.items():
            kafka.seek(place, max(offset, ends[place] - BACK))
        while any([await kafka.position(place) < end for place, end in ends.items()]):
            for records in (await kafka.getmany(timeout_ms=100)).values():
                found += records
    return found


async def _write_again(stage: Stage, records: list[ConsumerRecord]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=stage.servers.kafka_bootstrap) as kafka:
        sent = [
            await kafka.send(IN, one.value, key=one.key, partition=one.partition, headers=list(one.headers))
            for one in records
        ]
        await asyncio.gather(*sent)


async def _join(cast: Cast, _: Fault) -> None:
    await cast.invite().ready()


async def _leave(cast: Cast, _: Fault) -> None:
    await cast.see_off()


async def _kill_kafka(cast: Cast, fault: Fault) -> None:
    servers = cast.stage.servers
    await _away(servers.kill_kafka, fault.seconds, servers.restart_kafka)


async def _restart_kafka(cast: Cast, fault: Fault) -> None:
    servers = cast.stage.servers
    await _away(servers.stop_kafka, fault.seconds, servers.restart_kafka)


async def _kill_postgres(cast: Cast, fault: Fault) -> None:
    servers = cast.stage.servers
    await _away(servers.kill_postgres, fault.seconds, servers.restart_postgres)


async def _restart_postgres(cast: Cast, fault: Fault) -> None:
    servers = cast.stage.servers
    await _away(servers.stop_postgres, fault.seconds, servers.restart_postgres)


async def _away(end: Callable[[], None], seconds: float, start: Callable[[], None]) -> None:
    await in_a_thread(end)
    await asyncio.sleep(seconds)
    await bring_back(start)


ACTS: Mapping[Kind, Act] = {
    Kind.KILLED: _kill,
    Kind.FROZEN: _freeze,
    Kind.SESSION_ENDED: _end_session,
    Kind.COMMIT_LOST: _lose_commit,
    Kind.REPEATED: _repeat,
    Kind.JOINED: _join,
    Kind.LEFT: _leave,
    Kind.KAFKA_KILLED: _kill_kafka,
    Kind.KAFKA_RESTARTED: _restart_kafka,
    Kind.POSTGRES_KILLED: _kill_postgres,
    Kind.POSTGRES_RESTARTED: _restart_postgres,
}
