"""SQL for the copies of organisations and members."""

from collections.abc import Iterable
from uuid import UUID

from services.exchange.rules import References
from shared.postgres.pool import Connection
from shared.primitives.terms import OrganisationKind


async def keep_organisation(
    connection: Connection, organisation_id: UUID, kind: OrganisationKind, association_id: UUID | None
) -> None:
    """Store the copy of an organisation; a later announcement replaces an earlier one."""
    await connection.execute(
        """
        INSERT INTO organisations (id, kind, association_id) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, association_id = excluded.association_id
        """,
        organisation_id,
        kind,
        association_id,
    )


async def keep_member(connection: Connection, member_id: UUID, organisation_id: UUID) -> None:
    """Store the copy of a member; a later announcement replaces an earlier one."""
    await connection.execute(
        """
        INSERT INTO members (id, organisation_id) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id
        """,
        member_id,
        organisation_id,
    )


async def references(
    connection: Connection, *, organisations: Iterable[UUID] = (), members: Iterable[UUID] = ()
) -> References:
    """What is known of the organisations and members. Those that are not known are left out."""
    kinds = await connection.fetch("SELECT id, kind FROM organisations WHERE id = ANY($1)", list(organisations))
    homes = await connection.fetch("SELECT id, organisation_id FROM members WHERE id = ANY($1)", list(members))
    return References(
        kinds={row["id"]: OrganisationKind(row["kind"]) for row in kinds},
        organisation_of={row["id"]: row["organisation_id"] for row in homes},
    )
