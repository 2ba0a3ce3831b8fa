"""What happens to surveys because a day has come. Each takes a few hundred at a time and says how many it took."""

from collections.abc import Sequence

from services.evaluation import storage
from services.evaluation.rules import surveys
from services.evaluation.rules.surveys import Survey, SurveyState
from shared.postgres.unit_of_work import UnitOfWork


async def remind_respondents(work: UnitOfWork) -> int:
    """Mark surveys that are due soon and not answered."""
    return await _move(work, await storage.lock_surveys_to_remind(work.connection, work.today), SurveyState.REMINDED)


async def close_surveys(work: UnitOfWork) -> int:
    """Mark surveys as missed that nobody answered in time."""
    return await _move(work, await storage.lock_surveys_to_close(work.connection, work.today), SurveyState.MISSED)


async def analyse_surveys(work: UnitOfWork) -> int:
    """Take the surveys of exchanges that are over, and wait for no answer any more, as final."""
    return await _move(work, await storage.lock_surveys_to_analyse(work.connection), SurveyState.ANALYSED)


async def _move(work: UnitOfWork, found: Sequence[Survey], to: SurveyState) -> int:
    await storage.save_surveys(work.connection, [surveys.moved(survey, to) for survey in found])
    return len(found)
