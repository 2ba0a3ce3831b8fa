"""The copies of exchanges and of organisations' names."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from services.evaluation.rules.exchanges import Exchange, Phase
from shared.events.intake import OrganisationRegistered
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound
from shared.primitives.terms import Mode


async def insert_exchange(connection: Connection, exchange: Exchange) -> None:
    """Keep a new copy."""
    await connection.execute(
        """
        INSERT INTO exchanges (exchange_id, association_id, first_day, last_day, phase, completed_on,
                               application_id, requester_id, offerer_id, mode, themes, title, title_language)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        *_changing(exchange),
        exchange.application_id,
        exchange.requester_id,
        exchange.offerer_id,
        exchange.mode,
        exchange.themes,
        exchange.title,
        exchange.title_language,
    )


async def find_exchange(connection: Connection, exchange_id: UUID) -> Exchange:
    """The copy. Raises `NotFound`."""
    return _exchange(await connection.fetchrow("SELECT * FROM exchanges WHERE exchange_id = $1", exchange_id))


async def lock_exchange(connection: Connection, exchange_id: UUID) -> Exchange:
    """The copy, locked until the commit. Raises `NotFound`."""
    return _exchange(
        await connection.fetchrow("SELECT * FROM exchanges WHERE exchange_id = $1 FOR NO KEY UPDATE", exchange_id)
    )


async def save_exchange(connection: Connection, exchange: Exchange) -> None:
    """Store what can change of a copy."""
    await connection.execute(
        """
        UPDATE exchanges SET association_id = $2, first_day = $3, last_day = $4, phase = $5, completed_on = $6
        WHERE exchange_id = $1
        """,
        *_changing(exchange),
    )


async def save_organisation(connection: Connection, organisation: OrganisationRegistered) -> None:
    """Keep the public facts of an organisation; what was known before gives way."""
    await connection.execute(
        """
        INSERT INTO organisations (organisation_id, kind, name, country) VALUES ($1, $2, $3, $4)
        ON CONFLICT (organisation_id) DO UPDATE SET kind = $2, name = $3, country = $4
        """,
        organisation.organisation_id,
        organisation.kind,
        organisation.name,
        organisation.country,
    )


async def names_of(connection: Connection, organisation_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those organisations that are known."""
    rows = await connection.fetch(
        "SELECT organisation_id, name FROM organisations WHERE organisation_id = ANY($1::uuid[])",
        list(set(organisation_ids)),
    )
    return {row["organisation_id"]: row["name"] for row in rows}


def _changing(exchange: Exchange) -> tuple[Any, ...]:
    return (
        exchange.exchange_id,
        exchange.association_id,
        exchange.first,
        exchange.last,
        exchange.phase,
        exchange.completed_on,
    )


def _exchange(row: Any) -> Exchange:
    if row is None:
        raise NotFound(
            "exchange-not-found", "There is no such exchange here. Check its id, or wait until it is planned."
        )
    return Exchange(
        exchange_id=row["exchange_id"],
        application_id=row["application_id"],
        requester_id=row["requester_id"],
        offerer_id=row["offerer_id"],
        association_id=row["association_id"],
        mode=Mode(row["mode"]),
        themes=tuple(row["themes"]),
        title=row["title"],
        title_language=row["title_language"],
        first=row["first_day"],
        last=row["last_day"],
        phase=Phase(row["phase"]),
        completed_on=row["completed_on"],
    )
