"""What may go wrong around a transaction: the same again, at once, out of place, against the database's own rules."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import cycle

import asyncpg
import pytest

from services.exchange import storage, use_cases
from services.exchange.rules import BeforeSurvey, ExchangeView, Item, Part, Participant, State
from services.exchange.use_cases import OneExchange
from shared.events.base import Event
from shared.events.matching import MatchConfirmed, MatchSuperseded
from shared.primitives.errors import Forbidden, NotFound, WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, OrganisationKind
from tests.builders.exchange import OFFERER, a_match, a_plan, an_exchange
from tests.integration.exchange.conftest import (
    APPLICANT,
    COORDINATOR,
    OFFICER,
    READER,
    Exchanges,
    an_action,
    an_answer,
    message_of,
)

WAITING_FOR_A_LOCK = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""


async def test_a_second_delivery_plans_no_second_exchange(exchanges: Exchanges) -> None:
    message = message_of(a_match())
    await exchanges.gets(message)
    await exchanges.gets(message, message)
    assert len(await exchanges.of_case()) == 1
    assert await exchanges.events() == ["ExchangePlanned"]


async def test_a_second_confirmation_of_one_proposal_is_set_aside(exchanges: Exchanges) -> None:
    await exchanges.hears(a_match())
    await exchanges.hears(a_match())
    assert len(await exchanges.of_case()) == 1
    assert await exchanges.dead() == [("rejected", "exchange-exists")]


@pytest.mark.parametrize("stray", [an_answer(new_id()), an_action(new_id())])
async def test_an_event_about_an_unknown_exchange_is_set_aside_and_holds_nothing_up(
    exchanges: Exchanges, stray: Event
) -> None:
    exchange_id = await exchanges.planned()
    await exchanges.hears(stray, an_answer(exchange_id))
    assert await exchanges.dead() == [("rejected", "exchange-not-found")]
    assert (await exchanges.shown(exchange_id)).before_survey is BeforeSurvey.SUBMITTED


async def test_a_match_with_impossible_days_is_set_aside_alone(exchanges: Exchanges) -> None:
    match = a_match()
    backwards = a_match(proposal_id=new_id(), application_id=new_id(), last=match.first - timedelta(days=1))
    await exchanges.hears(backwards, match)
    assert [reason for reason, _ in await exchanges.dead()] == ["constraint"]
    assert len(await exchanges.of_case()) == 1


async def test_two_who_declare_it_ready_at_once_are_told_apart(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    await exchanges.announced()
    both = await asyncio.gather(
        *(exchanges.does(use_cases.declare_ready, OneExchange(exchange_id)) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in both) == ["ExchangeView", "WrongState"]
    assert await exchanges.events() == ["ExchangeReady"]


async def test_whoever_had_to_wait_sees_the_whole_plan_of_the_other(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    two = a_plan(participants=(*a_plan().participants, Participant(OFFERER, Part.EXPERT)))
    tick = use_cases.TickItem(exchange_id, Item.TRAVEL, 3, True)
    async with exchanges.database.unit_of_work(COORDINATOR) as work:
        await use_cases.schedule_exchange(work, use_cases.ScheduleExchange(exchange_id, two))
        waiting = asyncio.create_task(exchanges.does(use_cases.tick_item, tick))
        async with asyncio.timeout(10):
            while not await exchanges.database.pool.fetchval(WAITING_FOR_A_LOCK):
                assert not waiting.done()
    view: ExchangeView = await waiting
    assert [entry.participant for entry in view.checklist if entry.done_on] == [3]


async def test_nobody_but_a_coordinator_declares_it_ready(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    await exchanges.announced()
    for actor in (READER, OFFICER, APPLICANT):
        with pytest.raises(Forbidden):
            await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id), actor)
    assert await exchanges.events() == []


async def test_those_who_may_not_read_an_exchange_do_not_learn_that_it_exists(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    assert [len(await exchanges.of_case(actor)) for actor in (COORDINATOR, APPLICANT, OFFICER, READER)] == [1, 1, 0, 0]
    with pytest.raises(NotFound) as hidden:
        await exchanges.shown(exchange_id, READER)
    with pytest.raises(NotFound) as missing:
        await exchanges.shown(new_id(), READER)
    assert str(hidden.value) == str(missing.value)


async def test_a_refused_command_leaves_nothing_behind(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.agreed()
    before = await exchanges.shown(exchange_id), await exchanges.history(exchange_id)
    await exchanges.announced()
    with pytest.raises(WrongState):
        await exchanges.does(use_cases.close_exchange, OneExchange(exchange_id))
    assert (await exchanges.shown(exchange_id), await exchanges.history(exchange_id)) == before
    assert await exchanges.events() == []


async def test_the_database_keeps_the_promises_of_the_states(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    broken = []
    for state, mend in (
        ("agreed", "association_id = gen_random_uuid()"),
        ("in-progress", "started_on = '2030-05-13'"),
        ("completed", "completed_on = '2030-05-17'"),
        ("reporting", "report = '{}'"),
        ("nowhere", "state = 'closed'"),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await exchanges.database.pool.execute("UPDATE exchanges SET state = $2 WHERE id = $1", exchange_id, state)
        broken.append(refused.value.constraint_name)
        await exchanges.database.pool.execute(f"UPDATE exchanges SET {mend} WHERE id = $1", exchange_id)  # noqa: S608 - from above
    assert broken == [
        "association_is_named",
        "start_is_known",
        "completion_is_known",
        "report_is_there",
        "exchanges_state_check",
    ]


async def test_every_word_of_the_rules_can_be_stored(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    everybody = tuple(Participant(OFFERER, part) for part in Part)
    async with exchanges.database.unit_of_work() as work:
        for kind in OrganisationKind:
            await storage.keep_organisation(work.connection, new_id(), kind, None)
        for mode in Mode:
            other = replace(an_exchange(mode=mode), id=new_id(), proposal_id=new_id())
            await storage.add_exchange(work.connection, other)
        before = await storage.find_exchange(work.connection, exchange_id)
        for state, survey in zip(State, cycle(BeforeSurvey), strict=False):
            after = replace(an_exchange(state), id=exchange_id, before_survey=survey, actions=())
            after = replace(after, plan=replace(after.plan, participants=everybody))
            await storage.save_exchange(work.connection, before, after)
            assert await storage.find_exchange(work.connection, exchange_id) == after
            before = after


def undone(match: MatchConfirmed) -> MatchSuperseded:
    return MatchSuperseded(
        proposal_id=match.proposal_id, application_id=match.application_id, reason="application-withdrawn"
    )


async def test_a_match_that_is_undone_takes_its_exchange_along(exchanges: Exchanges) -> None:
    match = a_match()
    await exchanges.hears(match, undone(match))
    (exchange,) = await exchanges.of_case()
    assert exchange.state is State.CANCELLED
    assert await exchanges.events() == ["ExchangePlanned", "ExchangeCancelled"]


async def test_a_proposal_that_never_became_a_match_takes_nothing_along(exchanges: Exchanges) -> None:
    match = a_match()
    await exchanges.hears(match, undone(a_match(proposal_id=new_id())))
    (exchange,) = await exchanges.of_case()
    assert exchange.state is State.PLANNED
