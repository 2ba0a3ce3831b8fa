"""What the API shows of an exchange."""

from services.exchange import rules
from services.exchange.rules import BeforeSurvey, State
from tests.builders.exchange import OFFERERS_MEMBER, an_exchange


def test_participants_are_numbered_as_the_checklist_names_them() -> None:
    view = rules.view_of(an_exchange(State.PREPARING))
    assert [one.number for one in view.plan.participants] == [1, 2]
    assert view.plan.participants[0].member_id == OFFERERS_MEMBER
    assert {entry.participant for entry in view.checklist} == {None, 1}


def test_the_view_says_what_can_come_next_and_what_is_waited_for() -> None:
    view = rules.view_of(an_exchange(State.PREPARING, before_survey=BeforeSurvey.OPEN))
    assert view.can_become == (State.PREPARING, State.READY, State.POSTPONED, State.CANCELLED)
    assert view.waiting_for == ("before-survey-open",)
    assert rules.view_of(an_exchange(State.REPORTING, actions=())).waiting_for == ("no-owned-action",)
    assert rules.view_of(an_exchange(State.IN_PROGRESS)).waiting_for == ()


def test_an_exchange_in_any_state_can_be_shown_as_json() -> None:
    for state in State:
        exchange = an_exchange(state)
        shown = rules.view_of(exchange)
        assert rules.ExchangeView.model_validate_json(shown.model_dump_json()) == shown
        assert shown.plan.days == exchange.plan.days
