"""Organisations as intake has told of them."""

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


async def associations(connection: Connection) -> list[Association]:
    """Every association of local governments."""
    rows = await connection.fetch(
        "SELECT organisation_id, country, languages FROM organisations WHERE kind = 'association'"
    )
    return [
        Association(
            row["organisation_id"],
            row["country"],
            place_of(row["country"], None).region,
            frozenset(primary_language(tag) for tag in row["languages"]),
        )
        for row in rows
    ]
