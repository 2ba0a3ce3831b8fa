"""Messages that come twice, and messages that nobody can use."""

import random
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from shared.events.base import Event
from shared.postgres.unit_of_work import Database
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.settlement import Settle
from tests.chaos.driver import Record, Writer, a_fact, no_json, of_a_later_version, some_facts, writing
from tests.chaos.echo_service import DEFECTIVE, FORBIDDEN, REFUSED, SERVICE
from tests.chaos.evidence import Place
from tests.chaos.processes import until
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

EVENTS = 600
LIMIT = 100  # more dead letters than this within ten minutes halt a consumer
OPERATOR = Actor("operator-1", frozenset({Role.OPERATOR}))
LARGE_BATCH = {"CHAOS_BATCH": "500"}


async def test_what_comes_twice_takes_effect_once(stage: Stage) -> None:
    """Breaks without an inbox, or with one that does not look for copies within the batch: one message in ten is there
    twice, half of the copies right behind their originals, half anywhere later.
    """
    rng = random.Random(5)
    async with writing(stage.servers.kafka_bootstrap) as writer:
        await writer.write(with_copies(rng, [writer.record(f) for f in some_facts(rng, stage.applications, EVENTS)]))
    stage.echo(environment={"CHAOS_BATCH": "60"})
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert (counts.messages_in, counts.heard) == (EVENTS + EVENTS // 10, EVENTS)


def with_copies(rng: random.Random, records: Sequence[Record]) -> list[Record]:
    """One in ten twice."""
    result = list(records)
    for number, record in enumerate(rng.sample(records, len(records) // 10)):
        place = next(n for n, one in enumerate(result) if one is record) + 1
        result.insert(place if number % 2 else rng.randint(place, len(result)), record)
    return result


async def write_poison(writer: Writer) -> None:
    """One of each kind: bytes, versions, rules and constraints, the latter for both kinds of reactions."""
    await writer.write_bad("unreadable", no_json(writer.record(a_fact(uuid4()))))
    await writer.write_bad("unknown-version", of_a_later_version(writer.record(a_fact(uuid4()))))
    for in_a_set in (False, True):
        await writer.write_bad("rejected", writer.record(a_fact(uuid4(), REFUSED, in_a_set=in_a_set)))
        await writer.write_bad("constraint", writer.record(a_fact(uuid4(), FORBIDDEN, in_a_set=in_a_set)))


def about_the_same(writer: Writer) -> list[Event]:
    """More facts about every application that has been spoken of, the bad ones included."""
    return [a_fact(application_id, in_a_set=number % 2 == 0) for number, application_id in enumerate(writer.numbers)]


async def test_poison_costs_nothing_but_itself_and_its_followers_wait_in_order(stage: Stage) -> None:
    """Breaks when one bad event undoes its batch for good, takes others with it or leaves half an effect, when what
    follows it in its aggregate goes on, or when a settlement loses, doubles or reorders what had waited.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        await writer.write([writer.record(f) for f in some_facts(random.Random(7), stage.applications, 200)])
        await write_poison(writer)
        for _ in range(3):
            await writer.write([writer.record(fact) for fact in about_the_same(writer)])
        stage.echo(environment=LARGE_BATCH)
        await stage.at_rest()
        counts = await stage.invariant_holds(writer.bad)
        assert (counts.dead, counts.waiting) == (6, 18)

        database = await stage.echo_database()
        await database.pool.execute("ALTER TABLE heard DROP CONSTRAINT no_forbidden_word")
        for letter_id, reason, _ in await dead_letters(database):
            settle = settlement.replay if reason == "constraint" else settlement.discard
            async with database.unit_of_work(OPERATOR) as work:
                await settle(work, SERVICE.reactions, Settle(letter_id, "the test has mended it"))
        await writer.write([writer.record(fact) for fact in about_the_same(writer)])
        await stage.at_rest()
        settled = await stage.invariant_holds(writer.bad)
    assert (settled.dead, settled.waiting) == (0, 0)
    assert settled.heard == settled.unique_in + 2  # the two that a constraint had refused


async def dead_letters(database: Database) -> list[tuple[UUID, str, Place]]:
    rows = await database.pool.fetch(
        "SELECT id, reason, partition, \"offset\" FROM dead_letters WHERE state = 'dead' ORDER BY position"
    )
    return [(row[0], row[1], (row[2], row[3])) for row in rows]


async def test_a_batch_with_nothing_good_in_it_is_set_aside_whole(stage: Stage) -> None:
    """Breaks when an empty rest of a batch is a case of its own, or when the offsets of a batch without effects are not
    committed.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        for _ in range(12):
            await write_poison(writer)
        stage.echo(environment=LARGE_BATCH)
        await stage.at_rest()
        counts = await stage.invariant_holds(writer.bad)
    assert (counts.unique_in, counts.dead) == (0, 72)


async def test_too_many_dead_letters_halt_and_a_settlement_lets_it_go_on(stage: Stage) -> None:
    """Breaks when there is no limit, when what is over the limit is acknowledged, when a halted process says that it is
    ready, when a halt leaves nothing to look at (all of a large batch undone), or when it does not end by itself.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        refused = [writer.record(a_fact(uuid4(), FORBIDDEN, in_a_set=n % 2 == 0)) for n in range(LIMIT + 30)]
        await writer.write([writer.record(fact) for fact in some_facts(random.Random(9), stage.applications, 200)])
        places = await writer.write(refused)
        await writer.write([writer.record(fact) for fact in some_facts(random.Random(9), stage.applications, 200)])
        echo = stage.echo(environment=LARGE_BATCH)
        database = await stage.echo_database()

        async def full() -> bool:
            return len(await dead_letters(database)) == LIMIT

        await until("there are as many dead letters as the limit allows", full)
        await echo.not_ready("dead letters within 10 minutes")
        await only_what_is_claimed_is_acknowledged(stage, database, len(refused) + 400)

        await database.pool.execute("ALTER TABLE heard DROP CONSTRAINT no_forbidden_word")
        set_aside = {place: reason for _, reason, place in await dead_letters(database)}
        assert set_aside.keys() < set(places)
        for letter_id, _, _ in await dead_letters(database):
            async with database.unit_of_work(OPERATOR) as work:
                await settlement.replay(work, SERVICE.reactions, Settle(letter_id, "the test has mended it"))
        await stage.at_rest()
        await echo.ready()
        counts = await stage.invariant_holds(set_aside)
    assert (counts.heard, counts.dead) == (len(refused) + 400, 0)


async def only_what_is_claimed_is_acknowledged(stage: Stage, database: Database, written: int) -> None:
    """In this order of questions, whatever happens between them."""
    acknowledged = written - await stage.unacknowledged()
    claimed = await database.pool.fetchval("SELECT count(*) FROM inbox")
    assert acknowledged <= claimed < written


async def test_a_defect_stops_the_stream_until_it_is_mended(stage: Stage) -> None:
    """Breaks when an unexpected error is swallowed and the batch passed over, when a process that can't go on says that
    it is ready, or when one that has failed for too long stays instead of ending with nothing acknowledged.
    """
    async with writing(stage.servers.kafka_bootstrap) as writer:
        facts = some_facts(random.Random(11), stage.applications, 100)
        await writer.write([writer.record(fact) for fact in (*facts, a_fact(stage.applications[0], DEFECTIVE), *facts)])
    database = await stage.echo_database()
    await database.pool.execute("INSERT INTO defects VALUES ($1)", DEFECTIVE)
    echo = stage.echo(environment={"CHAOS_GIVE_UP_AFTER": "6"})
    await echo.not_ready("LookupError: the batch is tried again")
    assert await echo.death() == 2
    assert "one batch has failed for 6 seconds" in echo.tail()
    assert "Traceback" not in echo.tail()
    await only_what_is_claimed_is_acknowledged(stage, database, 201)

    patient = stage.echo()
    await patient.not_ready("LookupError: the batch is tried again")
    await database.pool.execute("DELETE FROM defects")
    await stage.at_rest()
    await patient.ready()
    counts = await stage.invariant_holds()
    assert counts.heard == 201
