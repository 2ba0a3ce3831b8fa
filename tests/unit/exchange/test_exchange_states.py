"""Every command in every state: what it leads to, or that it is refused."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.exchange import rules
from services.exchange.rules import BeforeSurvey, Exchange, Item, State
from shared.primitives.errors import WrongState
from tests.builders.exchange import ASSOCIATION, FIRST, KNOWN, THIRD, a_plan, a_report, an_exchange

LATER = FIRST + timedelta(days=7)
LAST = a_plan().last
TODAY = date(2031, 1, 1)
S = State

Command = Callable[[Exchange], Exchange]
COMMANDS: Mapping[str, Command] = {
    "draft": rules.drafting,
    "write terms": lambda e: rules.with_terms(e, "Purpose and tasks"),
    "agree": lambda e: rules.agreed(e, ASSOCIATION, (THIRD,), KNOWN),
    "confirm": lambda e: rules.association_confirmed(e, TODAY),
    "schedule": lambda e: rules.scheduled(e, a_plan(first=LATER, last=LATER + timedelta(days=4)), KNOWN),
    "tick": lambda e: rules.ticked(e, Item.ACCESSIBILITY, None, True, TODAY),
    "declare ready": rules.ready,
    "start": lambda e: rules.started(e, FIRST, TODAY),
    "complete": lambda e: rules.completed(e, LAST, TODAY),
    "report": lambda e: rules.reported(e, a_report()),
    "follow up": rules.followed_up,
    "close": rules.closed,
    "postpone": lambda e: rules.postponed(e, LATER, LATER + timedelta(days=4)),
    "convert": lambda e: rules.converted(e, TODAY),
    "cancel": rules.cancelled,
}
UNDER_WAY_OR_BEFORE = (S.AGREED, S.PREPARING, S.READY, S.IN_PROGRESS, S.POSTPONED)
ALLOWED: Mapping[str, Mapping[State, State]] = {
    "draft": {S.PLANNED: S.DRAFTING},
    "write terms": {S.DRAFTING: S.DRAFTING},
    "agree": {S.DRAFTING: S.AGREED},
    "confirm": {state: state for state in UNDER_WAY_OR_BEFORE},
    "schedule": dict.fromkeys((S.AGREED, S.PREPARING, S.READY, S.POSTPONED), S.PREPARING),
    "tick": {state: state for state in (S.PREPARING, S.READY, S.IN_PROGRESS)},
    "declare ready": {S.PREPARING: S.READY},
    "start": {S.READY: S.IN_PROGRESS},
    "complete": {S.IN_PROGRESS: S.COMPLETED},
    "report": {S.COMPLETED: S.REPORTING},
    "follow up": {S.REPORTING: S.FOLLOW_UP},
    "close": {S.FOLLOW_UP: S.CLOSED},
    "postpone": dict.fromkeys((S.AGREED, S.PREPARING, S.READY), S.POSTPONED),
    "convert": {state: state for state in UNDER_WAY_OR_BEFORE},
    "cancel": dict.fromkeys((S.PLANNED, S.DRAFTING, *UNDER_WAY_OR_BEFORE), S.CANCELLED),
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_leads_on_from_its_states_and_is_refused_in_every_other(name: str, state: State) -> None:
    exchange = an_exchange(state)
    expected = ALLOWED[name].get(state)
    if expected is None:
        with pytest.raises(WrongState) as refused:
            COMMANDS[name](exchange)
        assert refused.value.code == "wrong-state"
    else:
        assert COMMANDS[name](exchange).state is expected


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - {"write terms", "tick"}))
def test_the_same_command_twice_is_refused(name: str) -> None:
    command = COMMANDS[name]
    once = command(an_exchange(next(iter(ALLOWED[name]))))
    with pytest.raises(WrongState):
        command(once)


def test_a_refusal_says_where_the_exchange_stands_and_what_can_come_next() -> None:
    with pytest.raises(WrongState, match=r"is planned, so it can.t become agreed\. From here .* drafting, cancelled"):
        rules.agreed(an_exchange(State.PLANNED), ASSOCIATION, (), KNOWN)


@pytest.mark.parametrize("state", [State.CLOSED, State.CANCELLED])
def test_nothing_leads_on_from_the_end(state: State) -> None:
    assert not rules.TRANSITIONS[state]
    with pytest.raises(WrongState, match="Nothing more can be done"):
        rules.moved(an_exchange(state), State.PREPARING)


def test_every_state_can_be_reached() -> None:
    reached = {State.PLANNED}
    for _ in State:
        reached |= {onward for state in reached for onward in rules.TRANSITIONS[state]}
    assert reached == set(State)


@pytest.mark.parametrize(
    ("before_survey", "safe", "codes"),
    [
        (BeforeSurvey.OPEN, True, ["before-survey-open"]),
        (BeforeSurvey.SUBMITTED, False, ["safety-open"]),
        (BeforeSurvey.OPEN, False, ["before-survey-open", "safety-open"]),
    ],
)
def test_an_exchange_is_ready_only_after_survey_and_safety(
    before_survey: BeforeSurvey, safe: bool, codes: list[str]
) -> None:
    exchange = an_exchange(State.PREPARING, before_survey=before_survey)
    exchange = rules.ticked(exchange, Item.SAFETY, None, safe, TODAY)
    with pytest.raises(WrongState) as refused:
        rules.ready(exchange)
    assert refused.value.code == "guards-unmet"
    assert [problem.code for problem in refused.value.fields] == codes


def test_a_waived_survey_is_as_good_as_an_answered_one() -> None:
    assert rules.ready(an_exchange(State.PREPARING, before_survey=BeforeSurvey.WAIVED)).state is State.READY


def test_an_answer_counts_more_than_a_waiver() -> None:
    exchange = an_exchange(State.PREPARING, before_survey=BeforeSurvey.OPEN)
    waived = rules.with_before_survey(exchange, BeforeSurvey.WAIVED)
    answered = rules.with_before_survey(waived, BeforeSurvey.SUBMITTED)
    assert rules.with_before_survey(answered, BeforeSurvey.WAIVED).before_survey is BeforeSurvey.SUBMITTED


def test_no_follow_up_without_an_owned_action() -> None:
    with pytest.raises(WrongState) as refused:
        rules.followed_up(an_exchange(State.REPORTING, actions=()))
    assert [problem.code for problem in refused.value.fields] == ["no-owned-action"]


def test_a_new_schedule_makes_an_exchange_unready_and_opens_its_checklist() -> None:
    again = COMMANDS["schedule"](an_exchange(State.READY))
    assert again.state is State.PREPARING
    assert all(entry.done_on is None for entry in again.checklist)


def test_a_schedule_that_changes_nothing_is_refused() -> None:
    with pytest.raises(WrongState) as refused:
        rules.scheduled(an_exchange(State.PREPARING), a_plan(), KNOWN)
    assert refused.value.code == "already-scheduled"


def test_a_postponed_exchange_can_take_the_days_that_were_meant() -> None:
    postponed = COMMANDS["postpone"](an_exchange(State.READY))
    assert COMMANDS["schedule"](postponed).plan == postponed.plan


def test_a_conversion_keeps_the_state_and_leaves_nothing_to_travel_for() -> None:
    converted = rules.converted(an_exchange(State.READY), TODAY)
    assert (converted.state, converted.plan.online, converted.converted_on) == (State.READY, True, TODAY)
    assert {entry.item for entry in converted.checklist} == {Item.INTERPRETATION, Item.ACCESSIBILITY, Item.SAFETY}


def test_what_was_scheduled_online_is_not_converted() -> None:
    online = an_exchange(State.PREPARING, plan=a_plan(online=True))
    with pytest.raises(WrongState) as refused:
        rules.converted(online, TODAY)
    assert refused.value.code == "already-online"


def test_safety_stays_checked_once_the_exchange_is_ready() -> None:
    with pytest.raises(WrongState) as refused:
        rules.ticked(an_exchange(State.READY), Item.SAFETY, None, False, TODAY)
    assert refused.value.code == "safety-needed"


def test_the_days_held_are_counted_from_the_real_start() -> None:
    late = replace(an_exchange(State.COMPLETED), started_on=FIRST + timedelta(days=1))
    assert rules.days_held(late) == 4
