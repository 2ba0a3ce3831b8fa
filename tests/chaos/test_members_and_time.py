"""Members that come and go, clocks that disagree, locks and places that are lost, transactions that stay open."""

import asyncio
import random

import pytest

from shared.postgres import outbox
from shared.primitives.actor import Actor
from shared.primitives.errors import WrongState
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.settlement import Settle
from tests.chaos.driver import a_fact, some_facts, writing
from tests.chaos.echo_service import DEFECTIVE, FORBIDDEN, SERVICE
from tests.chaos.processes import until
from tests.chaos.stage import NAMELESS, Stage
from tests.chaos.test_duplicates_and_poison import dead_letters

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

OPERATOR = Actor("operator", frozenset({Role.OPERATOR}))
JOINS = 3


async def test_members_that_join_and_leave_under_load_lose_double_and_reorder_nothing(stage: Stage) -> None:
    """Breaks when what was read ahead counts as done, or when the inbox does not know what another member has done.

    That a batch is never dropped, and that the revoke callback waits for it, only spares duplicates.
    """
    caller = await stage.caller()
    stage.caller_relay()
    first = stage.echo("react", environment=NAMELESS)
    stage.echo("relay")
    async with caller.talking(stage.applications):
        for _ in range(JOINS):
            await stage.more_is_heard(30)
            guest = stage.echo("react", environment=NAMELESS)
            await guest.ready()
            await stage.more_is_heard(30)
            assert await guest.stop() == 0
    await stage.at_rest()
    await first.ready()
    counts = await stage.invariant_holds()
    assert counts.unique_in > JOINS


async def test_members_that_join_while_a_batch_is_held_back_lose_nothing(stage: Stage) -> None:
    """Breaks when a new assignment is not paused while a failed batch waits for its next try, and what it delivers is
    not given back either.
    """
    caller, database = await stage.caller(), await stage.echo_database()
    holding = NAMELESS | {"CHAOS_FIRST_BACKOFF": "3"}  # so that partitions come while it does, and hardly between
    await database.pool.execute("INSERT INTO defects VALUES ($1)", DEFECTIVE)
    stage.caller_relay()
    first = stage.echo("react", environment=holding)
    stage.echo("relay")
    async with caller.talking(stage.applications):
        await caller.say([a_fact(application_id, DEFECTIVE) for application_id in stage.applications])
        await first.not_ready("LookupError: the batch is tried again")
        guest = stage.echo("react", environment=holding)
        await guest.not_ready("LookupError: the batch is tried again")
        assert await guest.stop() == 0
        await database.pool.execute("DELETE FROM defects")
        await first.ready(180)  # it may be waiting for its next try, half a minute later
        await stage.more_is_heard(40)  # past what was lost, before somebody begins at the committed offsets again
    await caller.say_to_all(stage.applications)  # so that every partition's offsets go past what was lost
    await stage.at_rest()
    await stage.invariant_holds()


async def test_clocks_that_are_an_hour_apart_change_nothing(stage: Stage) -> None:
    """Breaks when order, duplicates or what is still to be sent are told by the time of day."""
    caller = await stage.caller()
    stage.caller_relay(environment={"CONNECT_CLOCK_OFFSET_SECONDS": "-3600"})
    async with caller.talking(stage.applications):
        for offset in ("3600", "-3600"):
            echo = stage.echo(environment={"CONNECT_CLOCK_OFFSET_SECONDS": offset})
            await stage.more_is_heard(60)
            await echo.kill()
    stage.echo()
    await stage.at_rest()
    await stage.invariant_holds()


async def test_a_relay_that_loses_its_lock_under_load_sends_all_in_order(stage: Stage) -> None:
    """Breaks when a relay goes on sending after its session, and with it the lock, is gone: two would send at once."""
    caller = await stage.caller()
    for _ in range(2):
        stage.caller_relay()
    stage.echo()
    async with caller.talking(stage.applications):
        for _ in range(4):
            await stage.more_is_heard(40)
            await until("a relay is cut off", stage.cut_off_relay)
    await stage.at_rest()
    await stage.invariant_holds()


async def test_what_a_long_transaction_commits_late_is_sent_all_the_same(stage: Stage) -> None:
    """Breaks when the relay remembers the last position that it has sent: these rows have lower ones."""
    caller = await stage.caller()
    stage.caller_relay()
    stage.echo()
    late, *others = stage.applications
    async with caller.database.unit_of_work() as work:
        event_id = work.announce(a_fact(late), case=late)
        await work.connection.execute("INSERT INTO said VALUES ($1, $2)", event_id, late)
        await outbox.store(work.connection, work.service, work.announced)  # it takes its positions before the others
        work.announced.clear()
        for _ in range(5):
            await caller.say([a_fact(application_id) for application_id in others])
        await until("the others are heard", lambda: _heard(stage, 5 * len(others)))
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.unique_in == 5 * len(others) + 1


async def _heard(stage: Stage, number: int) -> bool:
    return await stage.heard() >= number


async def test_a_group_that_has_lost_its_place_hears_all_again_and_does_nothing_twice(stage: Stage) -> None:
    """Breaks when offsets are more than a bookmark: Kafka forgets those of a group that was away for too long. Or when
    a group without any begins at the end of its topics: it would never hear what came while it was away.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        facts = some_facts(random.Random(15), stage.applications, 200)
        await writer.write([writer.record(fact) for fact in facts])
        echo = stage.echo(environment=NAMELESS)
        await stage.at_rest()
        assert await echo.stop() == 0
        await stage.forget_place()
        await writer.write([writer.record(a_fact(stage.applications[0]))])
        assert await stage.unacknowledged() == 201
    stage.echo(environment=NAMELESS)
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.heard == 201


async def test_a_dead_letter_that_two_replay_at_once_takes_effect_once(stage: Stage) -> None:
    """Breaks when a settlement does not lock the letter, or when a settled one can be tried again."""
    async with writing(stage.servers.kafka_bootstrap) as writer:
        facts = [a_fact(stage.applications[0], FORBIDDEN), *(a_fact(stage.applications[0]) for _ in range(3))]
        await writer.write([writer.record(fact) for fact in facts])
        stage.echo()
        database = await stage.echo_database()
        await stage.at_rest()
        ((letter_id, reason, place),) = await dead_letters(database)
        await database.pool.execute("ALTER TABLE heard DROP CONSTRAINT no_forbidden_word")

        async def replay() -> int:
            async with database.unit_of_work(OPERATOR) as work:
                return (await settlement.replay(work, SERVICE.reactions, Settle(letter_id, "mended"))).handled

        answers = await asyncio.gather(*(replay() for _ in range(4)), return_exceptions=True)
        assert sorted(type(answer).__name__ for answer in answers) == sorted(["int", *[WrongState.__name__] * 3])
        assert 4 in answers
        await stage.at_rest()
        counts = await stage.invariant_holds({place: reason})
    assert (counts.heard, counts.dead) == (4, 0)
