"""Organisations by their ids."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.portal.queries.values import Organisation
from shared.postgres.pool import Connection
from shared.primitives.terms import OrganisationKind


async def organisations(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, Organisation]:
    """The organisations that are known among these."""
    rows = await connection.fetch(
        "SELECT organisation_id, kind, name, country, seat FROM organisations WHERE organisation_id = ANY($1::uuid[])",
        list(ids),
    )
    return {row[0]: Organisation(row[0], OrganisationKind(row[1]), row[2], row[3], row[4]) for row in rows}
