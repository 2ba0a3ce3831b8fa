"""From a planned exchange to a published practice."""

from datetime import date, timedelta

from services.evaluation import queries, use_cases
from services.evaluation.rules.practices import PracticeState
from services.evaluation.use_cases import (
    AgreeAction,
    CheckPractice,
    DraftPractice,
    RevisePractice,
)
from shared.events.evaluation import (
    ActionAgreed,
    AlertRaised,
    EvaluationSubmitted,
    PracticeDrafted,
    PracticePublished,
    PracticeReturned,
    SurveyKind,
    SurveyOpened,
)
from shared.primitives.ids import new_id
from tests.builders.evaluation import (
    APPLICANT,
    ASSOCIATION,
    EXPERT,
    FIRST,
    LAST,
    OFFERER,
    OFFICER,
    OUTSIDER,
    REQUESTER,
    AnExchange,
    a_lesson,
    whole_answers,
)
from tests.integration.evaluation.conftest import Evaluation


async def test_an_exchange_goes_from_its_plan_to_a_published_practice(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned(), exchange.agreed())
    await both_sides_say_where_they_stand(evaluation, exchange)
    await the_days_are_rated(evaluation, exchange)
    await both_sides_say_what_they_took_home(evaluation, exchange)
    await an_action_is_agreed(evaluation, exchange)
    await a_practice_is_returned_revised_and_published(evaluation, exchange)


async def both_sides_say_where_they_stand(evaluation: Evaluation, exchange: AnExchange) -> None:
    opened = await evaluation.announced()
    assert [(event.kind, event.respondent_id, event.due) for event in opened] == [
        (SurveyKind.BEFORE, respondent, FIRST - timedelta(days=1)) for respondent in (REQUESTER, OFFERER)
    ]
    for survey in await evaluation.surveys_of(exchange):
        await evaluation.answers(survey)
    assert [type(event) for event in await evaluation.announced()] == [EvaluationSubmitted] * 2


async def the_days_are_rated(evaluation: Evaluation, exchange: AnExchange) -> None:
    evaluation.on(FIRST)
    await evaluation.hears(exchange.started())
    opened = await evaluation.announced()
    assert [(type(event), event.day, event.respondent_id) for event in opened] == [
        (SurveyOpened, FIRST + timedelta(days=number), REQUESTER) for number in range(3)
    ]
    evaluation.on(LAST)
    for survey in await evaluation.surveys_of(exchange, SurveyKind.PULSE):
        bad = whole_answers(SurveyKind.PULSE, useful_today=2, organised_today=1)
        await evaluation.answers(survey, bad if survey.day == LAST else None)
    told = await evaluation.announced()
    assert [type(event) for event in told] == [EvaluationSubmitted] * 3 + [AlertRaised] * 2
    assert [(event.item, event.value, event.day) for event in told[3:]] == [
        ("useful-today", 2, LAST),
        ("organised-today", 1, LAST),
    ]


async def both_sides_say_what_they_took_home(evaluation: Evaluation, exchange: AnExchange) -> None:
    await evaluation.hears(exchange.completed())
    for survey in await evaluation.surveys_of(exchange, SurveyKind.AFTER):
        await evaluation.answers(survey)
    told = await evaluation.announced()
    assert [type(event) for event in told] == [SurveyOpened] * 2 + [EvaluationSubmitted] * 2
    assert {event.due for event in told[:2]} == {LAST + timedelta(days=7)}
    assert {event.respondent_id for event in told[2:]} == {REQUESTER, OFFERER}


async def an_action_is_agreed(evaluation: Evaluation, exchange: AnExchange) -> None:
    owner, due = new_id(), LAST + timedelta(days=365)
    action = await evaluation.does(
        APPLICANT, use_cases.agree_action, AgreeAction(exchange.exchange_id, owner, "Buy bins", due)
    )
    assert await evaluation.announced() == [
        ActionAgreed(action_id=action.action_id, **exchange.ids, owner_id=owner, due=due)
    ]
    assert await evaluation.shows(OFFICER, queries.actions, exchange.exchange_id) == [action]


async def a_practice_is_returned_revised_and_published(evaluation: Evaluation, exchange: AnExchange) -> None:
    draft = DraftPractice(exchange.exchange_id, a_lesson(evidence="?"))
    practice = await evaluation.does(EXPERT, use_cases.draft_practice, draft)
    assert practice.state is PracticeState.ASSOCIATION_CHECK
    returned = CheckPractice(practice.practice_id, "return", "evidence-missing")
    await evaluation.does(OFFICER, use_cases.check_practice, returned)
    await evaluation.does(EXPERT, use_cases.revise_practice, RevisePractice(practice.practice_id, a_lesson()))
    await evaluation.does(OFFICER, use_cases.check_practice, CheckPractice(practice.practice_id, "publish"))
    envelopes = await evaluation.envelopes()
    assert {envelope.case_id for envelope in envelopes} == {exchange.application_id}
    assert [envelope.sequence for envelope in envelopes] == [1, 2, 3, 4]
    ids = {"practice_id": practice.practice_id, **exchange.ids}
    drafted = PracticeDrafted(**ids, association_id=ASSOCIATION)
    assert [envelope.data for envelope in envelopes] == [
        drafted,
        PracticeReturned(**ids, reason="evidence-missing"),
        drafted,
        PracticePublished(
            **ids,
            association_id=ASSOCIATION,
            title="Sorting waste at home",
            title_language="en",
            themes=("waste",),
            published_on=LAST,
        ),
    ]
    public = await evaluation.shows(OUTSIDER, queries.practice, practice.practice_id)
    assert public.evidence == a_lesson().evidence


async def test_days_far_in_the_past_can_be_entered(evaluation: Evaluation) -> None:
    exchange = AnExchange(first=date(2017, 5, 15), last=date(2017, 5, 19))
    await evaluation.hears(exchange.planned(), exchange.agreed(), exchange.started(), exchange.completed())
    await evaluation.lets_time_work()
    for survey in await evaluation.surveys_of(exchange):
        await evaluation.answers(survey)
    kinds = [event.kind for event in await evaluation.announced() if isinstance(event, EvaluationSubmitted)]
    assert len(kinds) == 9
