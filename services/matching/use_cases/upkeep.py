"""What has to be done so that nothing grows for ever."""

from services.matching.storage import living
from shared.postgres.unit_of_work import UnitOfWork


async def forget_changes(work: UnitOfWork) -> int:
    """Forget changes of offers that every process has seen; returns how many."""
    return await living.forget_changes(work.connection)
