"""Who may write and check a practice, and what is refused."""

from uuid import UUID

import pytest

from services.evaluation import queries, use_cases
from services.evaluation.use_cases import (
    AgreeAction,
    CheckPractice,
    DraftPractice,
    RevisePractice,
)
from shared.primitives.errors import Forbidden, Invalid, NotFound, WrongState
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


async def test_a_returned_practice_is_revised_whole_and_by_its_authors(evaluation: Evaluation) -> None:
    exchange = await evaluation.completed_exchange()
    draft = DraftPractice(exchange.exchange_id, a_lesson())
    practice = await evaluation.does(APPLICANT, use_cases.draft_practice, draft)
    revision = RevisePractice(practice.practice_id, a_lesson(title="Three bins"))
    with pytest.raises(WrongState, match="practice-is-association-check"):
        await evaluation.does(APPLICANT, use_cases.revise_practice, revision)
    await evaluation.does(OFFICER, use_cases.check_practice, CheckPractice(practice.practice_id, "return", "too-short"))
    for actor in (OFFICER, OUTSIDER):
        with pytest.raises(Forbidden):
            await evaluation.does(actor, use_cases.revise_practice, revision)
    with pytest.raises(Invalid, match="practice-incomplete"):
        await evaluation.does(
            APPLICANT, use_cases.revise_practice, RevisePractice(practice.practice_id, a_lesson(what_did_not=""))
        )
    revised = await evaluation.does(APPLICANT, use_cases.revise_practice, revision)
    assert (revised.title, revised.reason) == ("Three bins", "too-short")
