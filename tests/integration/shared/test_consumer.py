"""Consumer and relay on a real Kafka: what one service announces takes effect in another, once and in order."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from aiokafka.partitioner import DefaultPartitioner

from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import PARTITIONS
from shared.primitives.readiness import Readiness
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import Hearing, announce, relay_for, running, until, until_sent


def one_for_each_partition() -> list[UUID]:
    """Cases of which no two have their events in the same partition."""
    partitions, found = list(range(PARTITIONS)), dict[int, UUID]()
    while len(found) < PARTITIONS:
        case = uuid4()
        found[DefaultPartitioner()(str(case).encode(), partitions, partitions)] = case
    return list(found.values())


async def test_what_is_announced_is_heard_in_order_and_leaves_the_outbox(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    await announce(announcing, case, 30)
    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):

        async def all_heard() -> bool:
            return len(await hearing.heard(case)) >= 30

        await until(all_heard)
    assert await hearing.heard(case) == list(range(1, 31))
    assert await announcing.pool.fetchval("SELECT count(*) FROM outbox") == 0


async def test_who_is_patient_hears_the_same_in_fewer_portions(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    """The same listener twice: as each event comes, then with two seconds for others to come along."""
    announcing = await open_database("shared")

    async def portions() -> int:
        case, said = uuid4(), 0

        async def all_heard() -> bool:
            return len(await hearing.heard(case)) == said

        async with running(hearing.consumer):
            for said in range(1, 31):
                await announce(announcing, case, 1)
                await (until(all_heard) if said == 1 else until_sent(announcing))  # from the first on, it is listening
            await until(all_heard)
        assert await hearing.heard(case) == list(range(1, 31))
        query = "SELECT count(DISTINCT xmin::text) FROM heard WHERE application_id = $1"
        return int(await hearing.database.pool.fetchval(query, case))

    async with running(await relay_for(announcing, servers, kafka)):
        one_by_one = await portions()
        hearing.consumer.patience = 2.0
        assert await portions() < one_by_one / 2


async def test_a_batch_that_fails_is_tried_again_and_nothing_is_lost(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    hearing.failures = 3
    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        await announce(announcing, case, 5)

        async def all_heard() -> bool:
            return len(await hearing.heard(case)) >= 5

        await until(all_heard)
    assert await hearing.heard(case) == [1, 2, 3, 4, 5]
    assert hearing.failures == 0


@pytest.mark.parametrize(("at_once", "failures"), [(500, 1), (1, 4)])
async def test_a_batch_that_fails_and_what_was_read_ahead_of_it_are_heard_after_all(
    open_database: OpenDatabase,
    servers: EmbeddedServers,
    kafka: KafkaSettings,
    hearing: Hearing,
    at_once: int,
    failures: int,
) -> None:
    """All is in Kafka before, one event in each partition: one by one, what is read ahead lies in another partition."""
    announcing, cases = await open_database("shared"), one_for_each_partition()
    hearing.failures, hearing.consumer.batch_size = failures, at_once

    async def last_heard() -> bool:
        return all([2 in await hearing.heard(case) for case in cases])

    async with running(await relay_for(announcing, servers, kafka)):
        for case in cases:
            await announce(announcing, case, 1)
        await until_sent(announcing)
        async with running(hearing.consumer):

            async def has_failed() -> bool:
                return not hearing.failures

            await until(has_failed)
            for case in cases:
                await announce(announcing, case, 1)
            await until(last_heard)
    assert [await hearing.heard(case) for case in cases] == [[1, 2]] * len(cases)


async def test_a_second_relay_stands_by_and_takes_over(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    first, second = [await relay_for(announcing, servers, kafka) for _ in range(2)]

    async def standing_by(relay: Relay) -> bool:
        part = relay.readiness.parts.get("relay")
        return part is not None and part.figures.get("standby") == 1

    async def working(relay: Relay) -> bool:
        part = relay.readiness.parts.get("relay")
        return part is not None and part.figures.get("standby") == 0

    async with running(second):
        async with running(first):

            async def one_each() -> bool:
                return await standing_by(first) != await standing_by(second)

            await until(one_each)
            for relay in (first, second):
                if await standing_by(relay):
                    assert not await working(relay)
        await until(lambda: working(second))
        await announce(announcing, case, 1)

        await until_sent(announcing)


async def test_a_member_with_a_name_that_hears_one_more_topic_gets_its_partitions(
    open_database: OpenDatabase, servers: EmbeddedServers, kafka: KafkaSettings, hearing: Hearing
) -> None:
    announcing, case = await open_database("shared"), uuid4()
    member = replace(hearing.consumer, instance_id="test-1", session=6.0, topics=("exchange.exchanges",))

    async def assigned() -> bool:
        return hearing.readiness.is_ready

    async with running(member):
        await until(assigned)
    await announce(announcing, case, 1)
    more = replace(member, topics=("exchange.exchanges", "intake.applications"), readiness=Readiness())
    async with running(await relay_for(announcing, servers, kafka)), running(more):

        async def heard() -> bool:
            return await hearing.heard(case) == [1]

        await until(heard)


async def test_a_consumer_without_a_broker_is_not_ready_and_stops_when_asked(hearing: Hearing) -> None:
    hearing.consumer.settings = KafkaSettings(bootstrap="127.0.0.1:9")
    async with running(hearing.consumer):

        async def says_so() -> bool:
            part = hearing.readiness.parts.get("react")
            return part is not None and "can't be reached" in part.reason

        await until(says_so)
    assert not hearing.readiness.is_ready


async def test_a_consumer_whose_certificates_can_not_be_read_now_tries_again(hearing: Hearing, tmp_path: Path) -> None:
    """Breaks when what the relay meets and outlives, as while a secret is being replaced, ends the consumer."""
    lost = KafkaSettings(bootstrap="127.0.0.1:9", security_protocol="SSL", ca_file=tmp_path / "ca.pem")
    hearing.consumer.settings = lost
    async with running(hearing.consumer):

        async def says_so() -> bool:
            part = hearing.readiness.parts.get("react")
            return part is not None and "FileNotFoundError" in part.reason

        await until(says_so)
