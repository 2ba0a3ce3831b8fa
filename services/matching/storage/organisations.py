"""Organisations as intake has told of them."""

from collections.abc import Iterable

from services.matching.rules.associations import Association
from services.matching.rules.reading import place_of, primary_language
from shared.events.intake import OrganisationRegistered
from shared.postgres.pool import Connection


async def save_organisation(connection: Connection, event: OrganisationRegistered, sequence: int) -> None:
    """Store the facts, unless newer ones are there."""
    await connection.execute(
        """
        INSERT INTO organisations (organisation_id, kind, country, population, languages, association_id, sequence)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (organisation_id) DO UPDATE SET
            kind = excluded.kind, country = excluded.country, population = excluded.population,
            languages = excluded.languages, association_id = excluded.association_id, sequence = excluded.sequence
        WHERE organisations.sequence < excluded.sequence
        """,
        event.organisation_id,
        event.kind,
        event.country,
        event.population,
        list(event.languages),
        event.association_id,
        sequence,
    )


async def associations(connection: Connection, themes: Iterable[str]) -> list[Association]:
    """Every association of local governments, with how much its members have offered on these themes.

    Offers that are paused or closed count too: who has offered this once knows whom to ask.
    """
    rows = await connection.fetch(
        """
        SELECT a.organisation_id, a.country, a.languages, coalesce(known.offers, 0) AS offers
        FROM organisations a LEFT JOIN (
            SELECT association_id, count(*) AS offers FROM offers WHERE themes && $1 GROUP BY association_id
        ) AS known ON known.association_id = a.organisation_id
        WHERE a.kind = 'association'
        """,
        list(themes),
    )
    return [
        Association(
            row["organisation_id"],
            row["country"],
            place_of(row["country"], None).region,
            frozenset(primary_language(tag) for tag in row["languages"]),
            row["offers"],
        )
        for row in rows
    ]
