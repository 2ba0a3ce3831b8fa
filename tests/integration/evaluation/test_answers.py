"""Surveys that are answered, refused, waived and cancelled."""

import asyncio

import pytest

from services.evaluation import queries, use_cases
from services.evaluation.rules.answers import Answers
from services.evaluation.rules.surveys import SurveyState
from services.evaluation.use_cases import (
    AnswerSurvey,
    WaiveSurvey,
)
from shared.events.evaluation import (
    SurveyKind,
    SurveyWaived,
)
from shared.events.intake import OrganisationRegistered
from shared.primitives.errors import Forbidden, Invalid, NotFound, WrongState
from shared.primitives.terms import OrganisationKind
from tests.builders.evaluation import (
    APPLICANT,
    COORDINATOR,
    EXPERT,
    FIRST,
    OFFERER,
    OUTSIDER,
    REQUESTER,
    AnExchange,
    whole_answers,
)
from tests.integration.evaluation.conftest import Evaluation


async def test_a_survey_answered_twice_is_in_the_wrong_state(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = (await evaluation.surveys_of(exchange))[0]
    await evaluation.answers(survey, whole_answers(SurveyKind.BEFORE, 3))
    with pytest.raises(WrongState, match="survey-is-submitted"):
        await evaluation.answers(survey, whole_answers(SurveyKind.BEFORE, 5))
    shown = await evaluation.shows(APPLICANT, queries.survey, survey.survey_id)
    assert shown.answered
    assert {rating.value for rating in shown.ratings} == {3}
    assert (shown.baseline, list(shown.texts)) == (12.5, ["expectations"])


async def test_of_two_answers_at_once_exactly_one_is_stored(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = (await evaluation.surveys_of(exchange))[0]
    await evaluation.announced()
    together = asyncio.Barrier(2)

    async def at_once(value: int) -> None:
        async with evaluation.database.unit_of_work(APPLICANT) as work:
            await together.wait()
            await use_cases.answer_survey(work, AnswerSurvey(survey.survey_id, whole_answers(survey.kind, value)))

    outcomes = await asyncio.gather(at_once(3), at_once(5), return_exceptions=True)
    assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["NoneType", "WrongState"]
    assert len(await evaluation.announced()) == 1


async def test_an_incomplete_answer_leaves_nothing_behind(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    survey = (await evaluation.surveys_of(exchange))[0]
    await evaluation.announced()
    with pytest.raises(Invalid, match="answers-incomplete"):
        await evaluation.answers(survey, Answers((), {}))
    assert await evaluation.announced() == []
    assert (await evaluation.surveys_of(exchange))[0].takes_answers


async def test_nobody_answers_for_the_other_side(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    requesters = (await evaluation.surveys_of(exchange))[0]
    for actor in (EXPERT, COORDINATOR, OUTSIDER):
        with pytest.raises(Forbidden):
            await evaluation.answers(requesters, actor=actor)
    with pytest.raises(NotFound):
        await evaluation.shows(EXPERT, queries.survey, requesters.survey_id)


async def test_a_day_to_come_can_not_be_rated_yet(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    evaluation.on(FIRST)
    await evaluation.hears(exchange.planned(), exchange.started())
    third = (await evaluation.surveys_of(exchange, SurveyKind.PULSE))[2]
    with pytest.raises(WrongState, match="survey-day-not-come"):
        await evaluation.answers(third)


async def test_only_a_coordinator_waives_and_gives_a_code(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    offerers = (await evaluation.surveys_of(exchange))[1]
    await evaluation.announced()
    with pytest.raises(Forbidden):
        await evaluation.does(EXPERT, use_cases.waive_survey, WaiveSurvey(offerers.survey_id, "no-time"))
    with pytest.raises(Invalid, match="reason-is-no-code"):
        await evaluation.does(COORDINATOR, use_cases.waive_survey, WaiveSurvey(offerers.survey_id, "The mayor is ill"))
    await evaluation.does(COORDINATOR, use_cases.waive_survey, WaiveSurvey(offerers.survey_id, "no-time"))
    (event,) = await evaluation.announced()
    assert isinstance(event, SurveyWaived)
    assert (event.respondent_id, event.reason) == (OFFERER, "no-time")


async def test_a_cancelled_exchange_asks_nobody_any_more(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned(), exchange.agreed())
    answered = (await evaluation.surveys_of(exchange))[0]
    await evaluation.answers(answered)
    await evaluation.hears(exchange.started())
    await evaluation.announced()
    await evaluation.hears(exchange.cancelled())
    waived = await evaluation.announced()
    assert [(type(event), event.reason) for event in waived] == [(SurveyWaived, "exchange-cancelled")] * 4
    states = [survey.state for survey in await evaluation.surveys_of(exchange)]
    assert states == [SurveyState.SUBMITTED, *[SurveyState.WAIVED] * 4]
    with pytest.raises(WrongState):
        await evaluation.hears(exchange.completed())


async def test_a_name_is_shown_once_it_is_known(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned())
    assert (await evaluation.surveys_of(exchange))[0].respondent_name is None
    for name in ("Agona", "Agona West"):
        registered = OrganisationRegistered(
            organisation_id=REQUESTER, kind=OrganisationKind.MUNICIPALITY, name=name, country="GH", seat=2294962
        )
        await evaluation.hears(registered)
    assert (await evaluation.surveys_of(exchange))[0].respondent_name == "Agona West"
