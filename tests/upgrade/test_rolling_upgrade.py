"""An event gets a second version while old and new releases of its producer and its consumer run side by side."""

from collections.abc import AsyncIterator

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.settings import KafkaSettings
from shared.streaming.settlement import Settle
from tests.chaos.processes import until
from tests.upgrade.listener_service import reactions
from tests.upgrade.releases import Release, knowing_both
from tests.upgrade.stage import Stage, a_stage

pytestmark = [pytest.mark.servers, pytest.mark.xdist_group("upgrade"), pytest.mark.timeout(180)]

OLD, BETWEEN, NEW = Release.OLD, Release.BETWEEN, Release.NEW
OPERATOR = Actor("operator-1", frozenset({Role.OPERATOR}))
FACTS = 48  # told in each stage of the upgrade


@pytest.fixture
async def stage(servers: EmbeddedServers, kafka: KafkaSettings) -> AsyncIterator[Stage]:
    """A teller and a listener of this test's own."""
    async with a_stage(servers) as fresh:
        yield fresh


async def test_every_fact_is_taken_once_at_every_step_of_a_rolling_upgrade(stage: Stage) -> None:
    """Breaks when the two versions of a fact have two ids (a consumer that knows both takes it twice, and one whose
    partitions move between the releases takes it twice or not at all), when they have two numbers (a gap for whoever
    knows one of them), or when an old release sets a version aside whose fact it is told in its own version.
    """
    stage.relay()
    steps = {"teller": stage.teller(OLD), "listener": stage.listener(OLD)}
    await stage.tell(FACTS)
    await stage.all_is_noted()
    # The producer first, against all advice; then one kind beside the other, each way round; then the old ones go.
    for kind, release in (("teller", BETWEEN), ("listener", BETWEEN), ("teller", NEW)):
        newcomer = getattr(stage, kind)(release)
        await stage.tell(FACTS)
        await newcomer.ready()
        await stage.tell(FACTS)
        await stage.all_is_noted()
        assert await steps[kind].stop() == 0
        steps[kind] = newcomer
        await stage.tell(FACTS)
        await stage.all_is_noted()
    await stage.each_was_taken_once_and_in_order()
    seen = await stage.noted_by()
    assert seen.keys() >= {(OLD, OLD, 1), (BETWEEN, OLD, 1), (BETWEEN, BETWEEN, 2), (NEW, BETWEEN, 2)}, seen


async def test_a_consumer_that_goes_back_to_its_old_release_loses_and_doubles_nothing(stage: Stage) -> None:
    """Breaks when a release acknowledges a version without its fact being in the inbox, or takes a fact whose other
    version the other release took: while both are announced, releases come and go in any order.
    """
    stage.relay()
    stage.teller(BETWEEN)
    old = stage.listener(OLD)
    await old.ready()
    await stage.tell(FACTS)
    new = stage.listener(BETWEEN)
    await new.ready()
    await stage.tell(FACTS)
    assert await old.stop() == 0
    await stage.tell(FACTS)
    old = stage.listener(OLD)
    await old.ready()
    await new.kill()
    await stage.tell(FACTS)
    await stage.all_is_noted()
    await stage.each_was_taken_once_and_in_order()
    assert {(release, version) for _, release, version in await stage.noted_by()} == {(OLD, 1), (BETWEEN, 2)}


async def test_a_version_that_is_announced_alone_too_early_waits_for_the_release_that_knows_it(stage: Stage) -> None:
    """Breaks when a version that a release does not know, and that comes in no other, is passed over."""
    stage.relay()
    stage.teller(NEW)
    listener = stage.listener(OLD)
    letters = stage.listener_database.pool
    await stage.tell(2 * len(stage.applications))

    async def all_are_set_aside() -> bool:
        counts = dict(await letters.fetch("SELECT state, count(*) FROM dead_letters GROUP BY state"))
        return counts == {"dead": len(stage.applications), "waiting": len(stage.applications)}

    await until("one of each application is set aside and one waits", all_are_set_aside)
    assert await listener.stop() == 0
    stage.listener(NEW)
    await stage.tell(len(stage.applications))
    with knowing_both():
        for (letter_id,) in await letters.fetch("SELECT id FROM dead_letters WHERE state = 'dead'"):
            async with stage.listener_database.unit_of_work(OPERATOR) as work:
                await settlement.replay(work, reactions(NEW), Settle(letter_id, "now it is known"))
    await stage.all_is_noted()
    await stage.each_was_taken_once_and_in_order()
