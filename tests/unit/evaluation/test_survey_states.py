"""The states of a survey, its days, and who is asked when."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest

from services.evaluation.rules import surveys
from services.evaluation.rules.surveys import TRANSITIONS, Survey, SurveyState
from shared.events.evaluation import SurveyKind
from shared.primitives.errors import Invalid, WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Side
from tests.builders.evaluation import FIRST, LAST, OFFERER, REQUESTER, an_exchange

TODAY = date(2026, 4, 1)


def a_survey(**changes: object) -> Survey:
    opened = surveys.before_surveys(an_exchange(), 1, TODAY, new_id)[0]
    return replace(opened, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "to"), list(product(SurveyState, SurveyState)))
def test_a_survey_moves_only_as_the_table_says(state: SurveyState, to: SurveyState) -> None:
    survey = a_survey(state=state)
    if to in TRANSITIONS[state]:
        assert surveys.moved(survey, to).state is to
    else:
        with pytest.raises(WrongState) as refusal:
            surveys.moved(survey, to)
        assert refusal.value.code == f"survey-is-{state}"


def test_a_survey_can_walk_from_scheduled_to_anonymised() -> None:
    survey = a_survey(state=SurveyState.SCHEDULED)
    for state in ("open", "reminded", "submitted", "analysed", "anonymised"):
        survey = surveys.moved(survey, SurveyState(state))
    assert TRANSITIONS[survey.state] == frozenset()


def test_every_state_can_be_reached() -> None:
    assert {to for ways in TRANSITIONS.values() for to in ways} == set(SurveyState) - {SurveyState.SCHEDULED}


def test_both_sides_are_asked_before_until_the_day_before_the_exchange() -> None:
    requester, offerer = surveys.before_surveys(an_exchange(), 1, TODAY, new_id)
    assert (requester.side, requester.respondent_id) == (Side.REQUESTER, REQUESTER)
    assert (offerer.side, offerer.respondent_id) == (Side.OFFERER, OFFERER)
    assert requester.state is SurveyState.OPEN
    assert requester.due == FIRST - timedelta(days=1)
    assert requester.remind_on == requester.due - timedelta(days=3)


def test_a_survey_of_a_past_exchange_can_still_be_answered() -> None:
    today = LAST + timedelta(days=3000)
    survey = surveys.before_surveys(an_exchange(), 1, today, new_id)[0]
    assert survey.due == today < survey.closes_on


@pytest.mark.parametrize("first", [date.min, date.max])
def test_a_slip_in_the_year_does_not_run_out_of_the_calendar(first: date) -> None:
    survey = surveys.before_surveys(an_exchange(first=first), 1, TODAY, new_id)[0]
    assert TODAY <= survey.due <= survey.closes_on


def test_the_requester_is_asked_about_each_day() -> None:
    days = surveys.pulse_days(FIRST, LAST)
    asked = surveys.pulse_surveys(an_exchange(), days, 1, FIRST, new_id)
    assert [survey.day for survey in asked] == [FIRST, FIRST + timedelta(days=1), LAST]
    assert {survey.respondent_id for survey in asked} == {REQUESTER}
    assert [survey.due for survey in asked] == [day + timedelta(days=1) for day in days]


def test_a_last_day_before_the_first_leaves_one_day() -> None:
    assert surveys.pulse_days(FIRST, FIRST - timedelta(days=2)) == (FIRST,)


def test_no_wrong_date_opens_thousands_of_surveys() -> None:
    assert len(surveys.pulse_days(FIRST, FIRST + timedelta(days=61))) == 62
    with pytest.raises(Invalid, match="exchange-too-long"):
        surveys.pulse_days(FIRST, FIRST + timedelta(days=62))


def test_the_survey_after_is_due_seven_days_later() -> None:
    asked = surveys.after_surveys(an_exchange(), 1, LAST, LAST + timedelta(days=1), new_id)
    assert [survey.due for survey in asked] == [LAST + timedelta(days=8)] * 2
    assert {survey.kind for survey in asked} == {SurveyKind.AFTER}


def test_new_days_open_a_reminded_or_missed_survey_again() -> None:
    due = FIRST + timedelta(days=30)
    for state in (SurveyState.OPEN, SurveyState.REMINDED, SurveyState.MISSED):
        again = surveys.redated(a_survey(state=state), due)
        assert (again.state, again.due, again.remind_on) == (SurveyState.OPEN, due, due - timedelta(days=3))


def test_a_day_is_rated_once_it_has_begun_somewhere() -> None:
    pulse = surveys.pulse_surveys(an_exchange(), (FIRST,), 1, FIRST, new_id)[0]
    surveys.require_answerable(pulse, FIRST - timedelta(days=1))
    with pytest.raises(WrongState, match="survey-day-not-come"):
        surveys.require_answerable(pulse, FIRST - timedelta(days=2))
