"""Organisations that intake has registered."""

from services.matching.storage import organisations as storage
from services.matching.use_cases.searching import sequence_of
from shared.events.intake import OrganisationRegistered
from shared.postgres.unit_of_work import UnitOfWork


async def register_organisation(work: UnitOfWork, event: OrganisationRegistered) -> None:
    """Remember the organisation: associations are asked for offers when there is no match."""
    await storage.save_organisation(work.connection, event, sequence_of(work))
