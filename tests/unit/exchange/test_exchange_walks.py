"""Random walks: whatever people do in whatever order, the promises of the states hold."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.exchange import rules
from services.exchange.rules import BeforeSurvey, Exchange, Item, OwnedAction, Plan, State
from shared.primitives.errors import Rejected
from shared.primitives.terms import Mode
from tests.builders.exchange import (
    ACTION,
    ASSOCIATION,
    EXCHANGE,
    FIRST,
    KNOWN,
    REQUESTERS_MEMBER,
    THIRD,
    a_match,
    a_plan,
    a_report,
)

TODAY = date(2031, 1, 1)
Step = Callable[[Exchange], Exchange]
ACTED = OwnedAction(ACTION, REQUESTERS_MEMBER, TODAY)


def moved_plan(mode: Mode, days: int, online: bool) -> Plan:
    plan = a_plan(mode, online=online)
    return replace(plan, first=plan.first + timedelta(days=days), last=plan.last + timedelta(days=days))


def scheduled(days: int, online: bool) -> Step:
    return lambda e: rules.scheduled(e, moved_plan(e.mode, days, online), KNOWN)


def postponed(days: int) -> Step:
    return lambda e: rules.postponed(e, (plan := moved_plan(e.mode, days, False)).first, plan.last)


DAYS = st.integers(0, 30)
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.sampled_from(
        [
            rules.drafting,
            lambda e: rules.agreed(e, ASSOCIATION, (THIRD,), KNOWN),
            lambda e: rules.ticked(e, Item.SAFETY, None, True, TODAY),
            lambda e: rules.ticked(e, Item.SAFETY, None, False, TODAY),
            lambda e: rules.with_before_survey(e, BeforeSurvey.WAIVED),
            lambda e: replace(e, actions=(ACTED,)),
            rules.ready,
            lambda e: rules.started(e, e.plan.first, TODAY),
            lambda e: rules.completed(e, e.plan.last, TODAY),
            lambda e: rules.reported(e, a_report()),
            rules.followed_up,
            rules.closed,
            lambda e: rules.converted(e, TODAY),
            rules.cancelled,
        ]
    ),
    st.builds(scheduled, DAYS, st.booleans()),
    st.builds(postponed, DAYS),
)
HAPPY: Sequence[Step] = [
    rules.drafting,
    lambda e: rules.agreed(e, ASSOCIATION, (THIRD,), KNOWN),
    scheduled(0, False),
    lambda e: rules.with_before_survey(e, BeforeSurvey.SUBMITTED),
    lambda e: rules.ticked(e, Item.SAFETY, None, True, TODAY),
    rules.ready,
    lambda e: rules.started(e, FIRST, TODAY),
    lambda e: rules.completed(e, e.plan.last, TODAY),
    lambda e: rules.reported(e, a_report()),
    lambda e: replace(e, actions=(ACTED,)),
    rules.followed_up,
    rules.closed,
]
AFTER_AGREEMENT = set(State) - {State.PLANNED, State.DRAFTING, State.CANCELLED}
AFTER_REPORT = {State.REPORTING, State.FOLLOW_UP, State.CLOSED}
NEEDS_READINESS = AFTER_REPORT | {State.READY, State.IN_PROGRESS, State.COMPLETED}


def promises_hold(before: Exchange, after: Exchange) -> None:
    assert after.state is before.state or after.state in rules.TRANSITIONS[before.state]
    assert after.association_id is not None or after.state not in AFTER_AGREEMENT
    assert after.report is not None or after.state not in AFTER_REPORT
    assert after.actions or after.state not in {State.FOLLOW_UP, State.CLOSED}
    if after.state in NEEDS_READINESS:
        assert after.before_survey is not BeforeSurvey.OPEN
        assert any(entry.item is Item.SAFETY and entry.done_on for entry in after.checklist)
    assert after.converted_on is None or after.plan.online
    assert not (after.plan.online and any(entry.participant for entry in after.checklist))


@given(mode=st.sampled_from(Mode), steps=st.lists(STEPS, max_size=30), known_steps=st.integers(0, len(HAPPY)))
def test_no_order_of_commands_breaks_a_promise(mode: Mode, steps: list[Step], known_steps: int) -> None:
    exchange = rules.planned(a_match(mode), EXCHANGE)
    for step in (*HAPPY[:known_steps], *steps):
        before = exchange
        with suppress(Rejected):
            exchange = step(before)
        promises_hold(before, exchange)


def test_the_known_way_leads_to_the_close_in_every_mode() -> None:
    for mode in Mode:
        exchange = rules.planned(a_match(mode), EXCHANGE)
        for step in HAPPY:
            exchange = step(exchange)
        assert exchange.state is State.CLOSED
