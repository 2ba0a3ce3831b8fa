"""Who may write and check a practice, and what is refused."""

from uuid import UUID

import pytest

from services.evaluation import queries, use_cases
from services.evaluation.use_cases import (
    AgreeAction,
    CheckPractice,
    DraftPractice,
)
from shared.primitives.errors import Forbidden, NotFound, WrongState
from shared.primitives.ids import new_id
from tests.builders.evaluation import (
    APPLICANT,
    COORDINATOR,
    LAST,
    OFFICER,
    OUTSIDER,
    AnExchange,
    a_lesson,
)
from tests.integration.evaluation.conftest import Evaluation


async def test_a_practice_is_checked_by_the_association_of_its_exchange_only(evaluation: Evaluation) -> None:
    exchange = await evaluation.completed_exchange()
    draft = DraftPractice(exchange.exchange_id, a_lesson())
    for actor in (OFFICER, OUTSIDER):
        with pytest.raises(Forbidden):
            await evaluation.does(actor, use_cases.draft_practice, draft)
    practice = await evaluation.does(APPLICANT, use_cases.draft_practice, draft)
    for actor in (APPLICANT, COORDINATOR, OUTSIDER):
        with pytest.raises(Forbidden):
            await evaluation.does(actor, use_cases.check_practice, CheckPractice(practice.practice_id, "publish"))
    with pytest.raises(NotFound):
        await evaluation.shows(OUTSIDER, queries.practice, practice.practice_id)
    await evaluation.does(OFFICER, use_cases.check_practice, CheckPractice(practice.practice_id, "publish"))
    with pytest.raises(WrongState, match="practice-is-published"):
        await evaluation.does(OFFICER, use_cases.check_practice, CheckPractice(practice.practice_id, "publish"))


async def test_an_action_before_the_completion_is_refused(evaluation: Evaluation) -> None:
    exchange = AnExchange()
    await evaluation.hears(exchange.planned(), exchange.started())
    with pytest.raises(WrongState, match="exchange-not-completed"):
        await evaluation.does(
            APPLICANT, use_cases.agree_action, AgreeAction(exchange.exchange_id, new_id(), "Buy bins", LAST)
        )


async def test_an_unknown_exchange_is_not_found(evaluation: Evaluation) -> None:
    for query in (queries.surveys, queries.results, queries.actions, queries.practices):
        with pytest.raises(NotFound):
            await evaluation.shows(COORDINATOR, query, UUID(int=9))
    with pytest.raises(NotFound):
        await evaluation.hears(AnExchange().agreed())
