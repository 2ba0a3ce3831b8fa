"""What can't be used is kept, its key waits, and an operator settles it."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import cast
from uuid import UUID, uuid4

import httpx
import pytest

from shared.hosting.service import Service
from shared.primitives.terms import Role
from shared.streaming import settlement
from shared.streaming.message import text_of
from shared.streaming.settlement import Settle
from tests.conftest import OpenDatabase
from tests.fakes.http import calling, signed_in
from tests.integration.shared.arriving import Arriving
from tests.integration.shared.ledger import OPERATOR, Ledger, a_ledger, replay, withdrawn


async def test_later_events_of_a_refused_key_wait_and_others_flow(open_database: OpenDatabase) -> None:
    ledger, arriving = await a_ledger(open_database), Arriving()
    stuck, free = uuid4(), uuid4()
    ledger.refused.add(stuck)
    await ledger.processor.process([arriving.message(withdrawn(case)) for case in (stuck, stuck, free)])
    ledger.refused.clear()
    await ledger.processor.process([arriving.message(withdrawn(case)) for case in (stuck, free)])
    assert await ledger.rows() == [(free, 1), (free, 2)]
    assert len(await ledger.letters("waiting")) == 2


async def test_replay_keeps_order_and_frees_the_key(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    ledger.refused.add(case)
    await ledger.processor.process([arriving.message(withdrawn(case)) for _ in range(3)])
    ledger.refused.clear()
    (letter_id,) = await ledger.letters("dead")
    assert (await replay(ledger, letter_id)).handled == 3
    await ledger.processor.process([arriving.message(withdrawn(case))])
    assert await ledger.rows() == [(case, 1), (case, 2), (case, 3), (case, 4)]


async def test_a_replay_that_fails_again_keeps_the_queue(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    ledger.refused.add(case)
    await ledger.processor.process([arriving.message(withdrawn(case)) for _ in range(2)])
    (letter_id,) = await ledger.letters("dead")
    assert await replay(ledger, letter_id) == settlement.Settled(0, letter_id)
    assert await ledger.rows() == []
    assert len(await ledger.letters("waiting")) == 1


async def test_every_act_is_on_record_with_who_when_why_and_what_came_of_it(open_database: OpenDatabase) -> None:
    """Breaks when an act in vain leaves no trace, or when its failure takes the place of the letter's first reason."""
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    ledger.refused.add(case)
    good = arriving.message(withdrawn(case))
    await ledger.processor.process([good._replace(value=b"later"), arriving.message(withdrawn(case))])
    (letter_id,) = await ledger.letters("dead")
    ((waiting_id,), mended) = await ledger.letters("waiting"), {"why": "the release that knows it"}
    async with the_api(ledger) as api:
        path = f"/v1/dead-letters/{letter_id}"
        await api.post(f"{path}/replay", json={"why": "to see it fail"})
        await ledger.database.pool.execute("UPDATE dead_letters SET value = $1 WHERE value = 'later'", good.value)
        await api.post(f"{path}/replay", json=mended)
        await api.post(f"{path}/discard", json={"why": "no use"})
        letter, behind = [(await api.get(f"/v1/dead-letters/{one}")).json() for one in (letter_id, waiting_id)]
    assert [(act["outcome"], act["why"], act["reason"]) for act in letter["acts"]] == [
        ("failed", "to see it fail", "unreadable"),
        ("failed", mended["why"], "rejected"),
        ("discarded", "no use", None),
    ]
    assert {(act["by"], datetime.fromisoformat(act["at"])) for act in letter["acts"]} == {
        (OPERATOR.account, ledger.database.clock())
    }
    assert letter["reason"] == "unreadable"
    assert [(act["outcome"], act["why"]) for act in behind["acts"]] == [("failed", "no use")]
    assert (behind["state"], behind["reason"]) == ("dead", "rejected")


async def test_discarding_lets_the_next_in_line_go_on(open_database: OpenDatabase) -> None:
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    bad = arriving.message(withdrawn(case, "forbidden"))
    await ledger.processor.process([bad, arriving.message(withdrawn(case))])
    (letter_id,) = await ledger.letters("dead")
    async with ledger.database.unit_of_work(OPERATOR) as work:
        await settlement.discard(work, ledger.processor.reactions, Settle(letter_id, "written by mistake"))
    assert await ledger.rows() == [(case, 2)]
    assert await ledger.letters("discarded") == [letter_id]


async def unreadable_copies(ledger: Ledger, case: UUID) -> list[UUID]:
    """An event, the next of its key, and the first one again, of which this release can read the second only."""
    arriving = Arriving()
    first, second = arriving.message(withdrawn(case)), arriving.message(withdrawn(case))
    copies = [first, second, first._replace(offset=99)]
    await ledger.processor.process([copy._replace(value=b"later") if copy is not second else copy for copy in copies])
    assert await ledger.rows() == []
    # A later release can read them: for this one, they become readable.
    await ledger.database.pool.execute("UPDATE dead_letters SET value = $1 WHERE value = 'later'", first.value)
    return await ledger.letters("dead")


@pytest.mark.parametrize("noted", [True, False])
async def test_copies_that_a_later_release_can_read_take_effect_once(open_database: OpenDatabase, noted: bool) -> None:
    """Breaks when a letter that was claimed by its place does not claim its event before it is tried again, also where
    a release before this one has stored it and noted nothing of claims.
    """
    ledger, case = await a_ledger(open_database), uuid4()
    (letter_id,) = await unreadable_copies(ledger, case)
    if not noted:
        await ledger.database.pool.execute("UPDATE dead_letters SET event_claimed = NULL WHERE state = 'dead'")
    assert (await replay(ledger, letter_id)).blocked_by is None
    assert await ledger.rows() == [(case, 1), (case, 2)]


async def test_a_copy_that_came_readable_gives_way_to_the_first(open_database: OpenDatabase) -> None:
    """Breaks when the first copy, whose place counts, is passed over because a later one has the claim."""
    ledger, arriving, case = await a_ledger(open_database), Arriving(), uuid4()
    first, second = arriving.message(withdrawn(case)), arriving.message(withdrawn(case))
    await ledger.processor.process([first._replace(value=b"later"), second, first._replace(offset=99)])
    await ledger.database.pool.execute("UPDATE dead_letters SET value = $1 WHERE value = 'later'", first.value)
    (letter_id,) = await ledger.letters("dead")
    assert (await replay(ledger, letter_id)).blocked_by is None
    assert await ledger.rows() == [(case, 1), (case, 2)]


async def test_copies_of_what_is_discarded_are_given_up_with_it(open_database: OpenDatabase) -> None:
    """Breaks when a copy of an event that an operator has given up takes effect behind it."""
    ledger, case = await a_ledger(open_database), uuid4()
    (letter_id,) = await unreadable_copies(ledger, case)
    async with ledger.database.unit_of_work(OPERATOR) as work:
        await settlement.discard(work, ledger.processor.reactions, Settle(letter_id, "withdrawn by mistake"))
    assert await ledger.rows() == [(case, 2)]


@asynccontextmanager
async def the_api(ledger: Ledger) -> AsyncIterator[httpx.AsyncClient]:
    """The service's API, called by an operator."""
    service = Service("shared", "A test", "", ledger.processor.reactions, schedule=(), routers=(), migrations=Path())
    async with calling(service, ledger.database) as client:
        client.headers.update(signed_in(Role.OPERATOR, account=OPERATOR.account))
        yield client


async def test_a_letter_is_shown_whatever_its_headers_hold(open_database: OpenDatabase) -> None:
    """Breaks when a header without a value, which Kafka allows, can't be shown."""
    ledger, message = await a_ledger(open_database), Arriving().message(withdrawn(uuid4()))
    empty = cast(bytes, None)
    await ledger.processor.process([message._replace(headers=(("empty", empty), ("odd", b"\xff"), ("plain", b"text")))])
    (letter_id,) = await ledger.letters("dead")
    async with the_api(ledger) as api:
        answer = await api.get(f"/v1/dead-letters/{letter_id}")
    assert answer.status_code == 200
    assert answer.json()["headers"] == {"empty": "", "odd": "\ufffd", "plain": "text"}


async def test_a_message_without_a_key_waits_behind_nothing(open_database: OpenDatabase) -> None:
    """Breaks when it is taken for one with an empty key: it would be stored behind that, under no key, for ever."""
    ledger, arriving, (bad, good) = await a_ledger(open_database), Arriving(), (uuid4(), uuid4())
    ledger.refused.add(bad)
    await ledger.processor.process([arriving.message(withdrawn(bad))._replace(key="")])
    await ledger.processor.process([arriving.message(withdrawn(good))._replace(key=None)])
    assert await ledger.rows() == [(good, 1)]
    assert await ledger.letters("waiting") == []


async def test_a_key_that_no_index_can_hold_is_parked_like_any_other(open_database: OpenDatabase) -> None:
    """Breaks when such a key makes the database refuse the whole batch: nothing behind it would ever be heard."""
    ledger, arriving, cases = await a_ledger(open_database), Arriving(), [uuid4() for _ in range(3)]
    ledger.refused.add(cases[0])
    beginning = random.Random(6).randbytes(5_000).hex().encode()
    keys = [text_of(beginning + end) for end in (b"1", b"1", b"2")]
    for case, key in zip(cases, keys, strict=True):
        await ledger.processor.process([arriving.message(withdrawn(case))._replace(key=key)])
    assert await ledger.rows() == [(cases[2], 1)]
    ledger.refused.clear()
    (letter_id,) = await ledger.letters("dead")
    assert (await replay(ledger, letter_id)).handled == 2
