"""Organisations and members."""

from uuid import UUID

import asyncpg

from services.intake.rules.organisations import Member, Organisation
from shared.events.base import LanguageSkill
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound
from shared.primitives.terms import OrganisationKind, Position


async def insert_organisation(connection: Connection, organisation: Organisation) -> None:
    """Store a new organisation."""
    await connection.execute(
        """
        INSERT INTO organisations (organisation_id, kind, legal_type, name, country, seat, population, languages,
                                   association_id)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        """,
        organisation.organisation_id,
        organisation.kind,
        organisation.legal_type,
        organisation.name,
        organisation.country,
        organisation.seat,
        organisation.population,
        list(organisation.languages),
        organisation.association_id,
    )


async def insert_member(connection: Connection, member: Member) -> None:
    """Store a new member."""
    await connection.execute(
        """
        INSERT INTO members (member_id, organisation_id, name, email, position, elected, in_role_since, languages)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        member.member_id,
        member.organisation_id,
        member.name,
        member.email,
        member.position,
        member.elected,
        member.in_role_since,
        [skill.model_dump(mode="json") for skill in member.languages],
    )


async def organisation(connection: Connection, organisation_id: UUID) -> Organisation:
    """The organisation. Raises NotFound."""
    row = await connection.fetchrow("SELECT * FROM organisations WHERE organisation_id = $1", organisation_id)
    if row is None:
        raise NotFound("no-such-organisation", "There is no organisation with this id. Register it first.")
    return _organisation(row)


async def member(connection: Connection, member_id: UUID) -> Member:
    """The member. Raises NotFound."""
    row = await connection.fetchrow("SELECT * FROM members WHERE member_id = $1", member_id)
    if row is None:
        raise NotFound("no-such-member", "There is no member with this id. Register the person first.")
    return _member(row)


def _organisation(row: asyncpg.Record) -> Organisation:
    return Organisation(
        organisation_id=row["organisation_id"],
        kind=OrganisationKind(row["kind"]),
        legal_type=row["legal_type"],
        name=row["name"],
        country=row["country"],
        seat=row["seat"],
        population=row["population"],
        languages=tuple(row["languages"]),
        association_id=row["association_id"],
    )


def _member(row: asyncpg.Record) -> Member:
    return Member(
        member_id=row["member_id"],
        organisation_id=row["organisation_id"],
        name=row["name"],
        email=row["email"],
        position=Position(row["position"]),
        elected=row["elected"],
        in_role_since=row["in_role_since"],
        languages=tuple(LanguageSkill.model_validate(skill) for skill in row["languages"]),
    )
