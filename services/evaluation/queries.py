"""What can be read. Who may not know that something exists is told that it does not."""

from uuid import UUID

from services.evaluation import rules, storage
from services.evaluation.rules import Deed
from services.evaluation.rules.exchanges import Exchange
from services.evaluation.rules.practices import PracticeState
from services.evaluation.rules.results import confidence_result, item_result
from services.evaluation.rules.views import (
    ActionView,
    PracticeView,
    ResultsView,
    SurveySummary,
    SurveyView,
    action_view,
    practice_view,
    survey_summary,
    survey_view,
)
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound, require

# From here on a practice is public, also when it is due for a review.
PUBLIC = frozenset({PracticeState.PUBLISHED, PracticeState.REVIEW_DUE, PracticeState.UPDATED, PracticeState.ARCHIVED})


async def surveys(connection: Connection, actor: Actor, exchange_id: UUID) -> list[SurveySummary]:
    """The surveys of an exchange without their answers, in the order in which they are asked."""
    await _readable_exchange(connection, actor, exchange_id)
    found = await storage.surveys_of(connection, exchange_id)
    names = await storage.names_of(connection, (survey.respondent_id for survey in found))
    return [survey_summary(survey, names) for survey in found]


async def survey(connection: Connection, actor: Actor, survey_id: UUID) -> SurveyView:
    """One survey with what it asks and what was answered."""
    found = await storage.find_survey(connection, survey_id)
    if not rules.may(actor, Deed.READ_SURVEY, found):
        raise NotFound("survey-not-found", "There is no such survey that you may read.")
    names = await storage.names_of(connection, [found.respondent_id])
    return survey_view(found, await storage.find_answers(connection, survey_id), names)


async def actions(connection: Connection, actor: Actor, exchange_id: UUID) -> list[ActionView]:
    """The actions of an exchange, the earliest due first."""
    await _readable_exchange(connection, actor, exchange_id)
    return [action_view(action) for action in await storage.actions_of(connection, exchange_id)]


async def practices(connection: Connection, actor: Actor, exchange_id: UUID) -> list[PracticeView]:
    """The practices of an exchange in whatever state."""
    await _readable_exchange(connection, actor, exchange_id)
    found = await storage.practices_of(connection, exchange_id)
    names = await storage.names_of(connection, (practice.association_id for practice in found))
    return [practice_view(practice, names) for practice in found]


async def practice(connection: Connection, actor: Actor, practice_id: UUID) -> PracticeView:
    """One practice: for everybody once it is public, until then for those who may read about its exchange."""
    found = await storage.find_practice(connection, practice_id)
    if found.state not in PUBLIC and not rules.may(actor, Deed.CHECK_PRACTICE, found):
        exchange = await storage.find_exchange(connection, found.exchange_id)
        if not rules.may(actor, Deed.READ_EXCHANGE, exchange):
            raise NotFound("practice-not-found", "There is no such practice that you may read.")
    return practice_view(found, await storage.names_of(connection, [found.association_id]))


async def results(connection: Connection, actor: Actor, exchange_id: UUID) -> ResultsView:
    """What the answers to one exchange say together."""
    await _readable_exchange(connection, actor, exchange_id)
    return await _results(connection, exchange_id)


async def all_results(connection: Connection, actor: Actor) -> ResultsView:
    """What the answers to all exchanges say together."""
    require(rules.may(actor, Deed.READ_ALL_RESULTS), Deed.READ_ALL_RESULTS)
    return await _results(connection, None)


async def _readable_exchange(connection: Connection, actor: Actor, exchange_id: UUID) -> Exchange:
    exchange = await storage.find_exchange(connection, exchange_id)
    if not rules.may(actor, Deed.READ_EXCHANGE, exchange):
        raise NotFound("exchange-not-found", "There is no such exchange that you may read about.")
    return exchange


async def _results(connection: Connection, exchange_id: UUID | None) -> ResultsView:
    asked, answered = await storage.returns(connection, exchange_id)
    return ResultsView(
        exchange_id=exchange_id,
        asked=asked,
        answered=answered,
        items=tuple(map(item_result, await storage.item_figures(connection, exchange_id))),
        confidence=tuple(map(confidence_result, await storage.confidence(connection, exchange_id))),
    )
