"""What happens to surveys as the days pass."""

from datetime import timedelta

import pytest

from services.evaluation import queries, use_cases
from services.evaluation.rules.surveys import SurveyState
from services.evaluation.use_cases import AnswerSurvey, WaiveSurvey
from shared.events.evaluation import SurveyOpened, SurveyWaived
from shared.primitives.errors import WrongState
from tests.builders.evaluation import APPLICANT, COORDINATOR, EXPERT, FIRST, AnExchange, whole_answers
from tests.integration.evaluation.conftest import Evaluation

DUE = FIRST - timedelta(days=1)


async def states(evaluation: Evaluation, exchange: AnExchange) -> list[str]:
    found = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    return [survey.state for survey in found]


async def test_a_reminder_comes_three_days_before_the_due_day_and_once(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    evaluation.on(DUE - timedelta(days=4))
    assert await evaluation.lets_time_work() == {}
    evaluation.days_later(1)
    assert await evaluation.lets_time_work() == {"remind respondents": 2}
    assert await evaluation.lets_time_work() == {}
    assert await states(evaluation, exchange) == ["reminded", "reminded"]


async def test_a_survey_is_missed_after_its_due_day_and_the_grace(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    requesters, offerers = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    evaluation.on(DUE + timedelta(days=7))
    await evaluation.lets_time_work()
    late = AnswerSurvey(requesters.survey_id, whole_answers(requesters.kind))
    await evaluation.does(APPLICANT, use_cases.answer_survey, late)
    evaluation.days_later(1)
    assert await evaluation.lets_time_work() == {"close surveys": 1}
    assert await states(evaluation, exchange) == ["submitted", "missed"]
    with pytest.raises(WrongState, match="survey-is-missed"):
        await evaluation.does(
            EXPERT, use_cases.answer_survey, AnswerSurvey(offerers.survey_id, whole_answers(offerers.kind))
        )


async def test_a_missed_survey_can_still_be_excused(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    requesters, _ = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    evaluation.on(DUE + timedelta(days=8))
    await evaluation.lets_time_work()
    await evaluation.announced()
    await evaluation.does(COORDINATOR, use_cases.waive_survey, WaiveSurvey(requesters.survey_id, "flood"))
    assert [type(event) for event in await evaluation.announced()] == [SurveyWaived]


async def test_a_postponed_exchange_asks_again_what_was_missed(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    requesters, _ = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    command = AnswerSurvey(requesters.survey_id, whole_answers(requesters.kind))
    await evaluation.does(APPLICANT, use_cases.answer_survey, command)
    evaluation.on(DUE + timedelta(days=8))
    await evaluation.lets_time_work()
    await evaluation.announced()
    later = FIRST + timedelta(days=60)
    await evaluation.hears(exchange.postponed(later, later + timedelta(days=2)))
    (again,) = await evaluation.announced()
    assert isinstance(again, SurveyOpened)
    assert again.due == later - timedelta(days=1)
    assert await states(evaluation, exchange) == ["submitted", "open"]


async def test_new_days_move_the_due_day_and_the_same_days_change_nothing(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    evaluation.on(DUE)
    await evaluation.lets_time_work()
    await evaluation.hears(exchange.scheduled(FIRST, exchange.last))
    assert await states(evaluation, exchange) == ["reminded", "reminded"]
    await evaluation.hears(exchange.scheduled(FIRST + timedelta(days=10), exchange.last + timedelta(days=10)))
    found = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    assert [(one.state, one.due) for one in found] == [(SurveyState.OPEN, DUE + timedelta(days=10))] * 2
    await evaluation.hears(exchange.started())
    with pytest.raises(WrongState, match="exchange-is-started"):
        await evaluation.hears(exchange.postponed(FIRST, exchange.last))


async def test_surveys_are_analysed_when_no_answer_is_awaited_any_more(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    requesters, _ = await evaluation.shows(COORDINATOR, queries.surveys, exchange.exchange_id)
    command = AnswerSurvey(requesters.survey_id, whole_answers(requesters.kind))
    await evaluation.does(APPLICANT, use_cases.answer_survey, command)
    evaluation.on(FIRST)
    await evaluation.hears(exchange.started())
    evaluation.on(exchange.last)
    await evaluation.hears(exchange.completed())
    assert "analysed" not in await states(evaluation, exchange)
    evaluation.days_later(20)
    await evaluation.lets_time_work()
    assert "analysed" not in await states(evaluation, exchange)
    evaluation.days_later(2)
    done = await evaluation.lets_time_work()
    assert (done["close surveys"], done["analyse surveys"]) == (2, 7)
    assert set(await states(evaluation, exchange)) == {"analysed"}
    shown = await evaluation.shows(APPLICANT, queries.survey, requesters.survey_id)
    assert shown.answered


async def test_many_surveys_are_taken_in_portions(evaluation: Evaluation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.evaluation.storage.surveys.AT_ONCE", 2)
    exchanges = [AnExchange() for _ in range(3)]
    for exchange in exchanges:
        await evaluation.hears(exchange.planned())
    evaluation.on(DUE)
    assert await evaluation.lets_time_work() == {"remind respondents": 6}
