"""How the programmes match, by version. A version never changes."""

from services.matching.rules.policy import Policy, Terms
from shared.postgres.pool import Connection

COLUMNS = "version, programme, weights, proposals, answer_days, publishing"


async def policies_after(connection: Connection, version: int) -> list[Policy]:
    """Every policy with a higher version, in their order."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM policies WHERE version > $1 ORDER BY version", version)  # noqa: S608
    return [Policy.model_validate(dict(row)) for row in rows]


async def add_policy(connection: Connection, programme: str, terms: Terms, by: str) -> Policy:
    """Store the next version. Whoever saves another in this moment waits, so versions are committed in their order."""
    await connection.execute("LOCK TABLE policies IN SHARE ROW EXCLUSIVE MODE")
    row = await connection.fetchrow(
        f"""
        INSERT INTO policies (version, programme, weights, proposals, answer_days, publishing, created_by)
        SELECT max(version) + 1, $1, $2, $3, $4, $5, $6 FROM policies RETURNING {COLUMNS}
        """,  # noqa: S608
        programme,
        terms.weights.model_dump(),
        terms.proposals,
        terms.answer_days,
        terms.publishing,
        by,
    )
    return Policy.model_validate(dict(row))
