"""A newcomer to a group waits for its place as long as the work of others takes, and says that it does."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.intake import ApplicationWithdrawn
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.waiting import wait_for
from shared.streaming import connecting
from shared.streaming.reactions import Reactions
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import Hearing, announce, relay_for, running, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120)]


async def test_whoever_waits_for_the_work_of_another_is_not_without_a_broker(
    open_database: OpenDatabase,
    servers: EmbeddedServers,
    kafka: KafkaSettings,
    hearing: Hearing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connecting, "CONNECTED_WITHIN", 8.0)
    announcing, case = await open_database("shared"), uuid4()
    in_work, goes_on = asyncio.Event(), asyncio.Event()

    async def takes_long(work: UnitOfWork, event: ApplicationWithdrawn) -> None:
        if event.application_id == case:
            in_work.set()
            await goes_on.wait()
        await hearing.write(work, event)

    reactions: Reactions = {ApplicationWithdrawn: takes_long}
    hearing.consumer.processor = replace(hearing.consumer.processor, reactions=reactions)
    newcomer = Hearing(hearing.database, kafka)
    newcomer.consumer.group = hearing.consumer.group

    async def both_have_places() -> bool:
        members = (hearing.consumer._member, newcomer.consumer._member)
        return all(member is not None and member.kafka.assignment() for member in members)

    async with running(await relay_for(announcing, servers, kafka)), running(hearing.consumer):
        await announce(announcing, case, 1)
        async with asyncio.timeout(40):
            await in_work.wait()
        async with running(newcomer.consumer):
            said, until_then = [], asyncio.get_running_loop().time() + 12  # for longer than a broker may say nothing
            while asyncio.get_running_loop().time() < until_then:
                await wait_for(goes_on, 0.05)
                said += [part.reason for part in newcomer.readiness.parts.values()]
            goes_on.set()
            assert set(said) <= {"starting", "no partitions assigned yet"}
            await until(both_have_places)
    assert await hearing.heard(case) == [1]
