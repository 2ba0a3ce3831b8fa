"""How the programmes match, by version. A version never changes."""

from services.matching.rules.policy import Policy, Terms
from shared.postgres.pool import Connection

COLUMNS = "version, programme, weights, proposals, answer_days, publishing, favour"


async def policies_after(connection: Connection, version: int) -> list[Policy]:
    """Every policy with a higher version, in their order."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM policies WHERE version > $1 ORDER BY version", version)  # noqa: S608
    return [Policy.model_validate(dict(row)) for row in rows]


async def lock_newest(connection: Connection, programme: str) -> int | None:
    """The newest version of a programme of its own. Whoever else saves one waits until this transaction ends.

    So versions are committed in their order, and nobody who asks for those after a number misses one.
    """
    await connection.execute("LOCK TABLE policies IN SHARE ROW EXCLUSIVE MODE")
    newest: int | None = await connection.fetchval("SELECT max(version) FROM policies WHERE programme = $1", programme)
    return newest


async def policies_of(connection: Connection, programme: str | None) -> list[Policy]:
    """The versions of a programme, or of all, the newest first."""
    rows = await connection.fetch(
        f"SELECT {COLUMNS} FROM policies WHERE programme = $1 OR $1 IS NULL ORDER BY version DESC",  # noqa: S608
        programme,
    )
    return [Policy.model_validate(dict(row)) for row in rows]


async def add_policy(connection: Connection, programme: str, terms: Terms, by: str) -> Policy:
    """Store the next version; see `lock_newest`."""
    row = await connection.fetchrow(
        f"""
        INSERT INTO policies (version, programme, weights, proposals, answer_days, publishing, favour, created_by)
        SELECT max(version) + 1, $1, $2, $3, $4, $5, $6, $7 FROM policies RETURNING {COLUMNS}
        """,  # noqa: S608
        programme,
        terms.weights.model_dump(),
        terms.proposals,
        terms.answer_days,
        terms.publishing,
        terms.favour.model_dump(),
        by,
    )
    return Policy.model_validate(dict(row))
