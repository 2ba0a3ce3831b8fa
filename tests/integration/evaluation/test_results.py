"""Figures over many exchanges."""

from uuid import UUID

import pytest

from services.evaluation import queries
from shared.events.evaluation import SurveyKind
from shared.primitives.actor import Actor
from shared.primitives.errors import Forbidden, NotFound
from shared.primitives.terms import Role, Side
from tests.builders.evaluation import (
    APPLICANT,
    COORDINATOR,
    EXPERT,
    OFFICER,
    OUTSIDER,
    AnExchange,
    whole_answers,
)
from tests.integration.evaluation.conftest import Evaluation


async def a_finished(evaluation: Evaluation, number: int, before: int, then: int, after: int) -> AnExchange:
    """An exchange of a requester of its own, answered as told; the offerer stays silent."""
    requester = UUID(int=100 + number)
    actor = Actor("applicant", frozenset({Role.APPLICANT}), organisation_id=requester)
    exchange = AnExchange(requester_id=requester)
    await evaluation.hears(exchange.planned(), exchange.started(), exchange.completed())
    for survey in await evaluation.surveys_of(exchange, SurveyKind.BEFORE, SurveyKind.AFTER):
        if survey.side is Side.REQUESTER:
            value = before if survey.kind is SurveyKind.BEFORE else after
            then_ratings = {f"confidence_{question}_then": then for question in (1, 2, 3)}
            thens = then_ratings if survey.kind is SurveyKind.AFTER else {}
            await evaluation.answers(survey, whole_answers(survey.kind, value, **thens), actor)
    return exchange


async def test_results_are_hidden_until_five_organisations_answered(evaluation: Evaluation) -> None:
    for number in range(4):
        exchange = await a_finished(evaluation, number, before=3, then=1, after=4)
    four = await evaluation.shows(COORDINATOR, queries.all_results)
    assert all(item.hidden and item.mean is None and item.n == 4 for item in four.items)
    await a_finished(evaluation, 4, before=2, then=2, after=5)
    five = await evaluation.shows(COORDINATOR, queries.all_results)
    means = {(item.kind, item.item): item.mean for item in five.items}
    assert means[SurveyKind.BEFORE, "confidence-1"] == 2.8
    assert means[SurveyKind.AFTER, "relevance"] == 4.2
    first = five.confidence[0]
    assert (first.item, first.n, first.before, first.then, first.after) == ("confidence-1", 5, 2.8, 1.2, 4.2)
    assert (first.gain, first.gain_seen_from_after) == (1.4, 3.0)
    assert (five.asked, five.answered) == (35, 10)
    alone = await evaluation.shows(COORDINATOR, queries.results, exchange.exchange_id)
    assert all(item.hidden for item in alone.items)
    assert all(item.hidden for item in alone.confidence)
    assert (alone.asked, alone.answered) == (7, 2)


async def test_however_often_two_organisations_answer_they_are_two_and_each_is_compared_with_itself(
    evaluation: Evaluation,
) -> None:
    for _ in range(3):
        exchange = AnExchange()
        await evaluation.hears(exchange.planned(), exchange.started(), exchange.completed())
        for survey in await evaluation.surveys_of(exchange, SurveyKind.BEFORE, SurveyKind.AFTER):
            await evaluation.answers(survey)
    together = await evaluation.shows(COORDINATOR, queries.all_results)
    assert {(one.n, one.respondents, one.hidden) for one in together.items} == {(6, 2, True)}
    assert [(one.n, one.respondents, one.hidden) for one in together.confidence] == [(6, 2, True)] * 3


async def test_results_are_for_those_who_take_part(evaluation: Evaluation) -> None:
    exchange = await evaluation.completed_exchange()
    for actor in (APPLICANT, EXPERT, OFFICER, COORDINATOR):
        shown = await evaluation.shows(actor, queries.results, exchange.exchange_id)
        assert (shown.asked, shown.answered) == (7, 0)
    with pytest.raises(NotFound):
        await evaluation.shows(OUTSIDER, queries.results, exchange.exchange_id)
    with pytest.raises(Forbidden):
        await evaluation.shows(APPLICANT, queries.all_results)
