"""How the programme matches, by version."""

from services.matching.rules.policy import Policy
from shared.postgres.pool import Connection


async def current_policy(connection: Connection) -> Policy:
    """The policy for new searches."""
    row = await connection.fetchrow("SELECT * FROM policies ORDER BY version DESC LIMIT 1")
    return Policy.model_validate(dict(row))


async def load_policy(connection: Connection, version: int) -> Policy:
    """A policy that is pinned to a search."""
    row = await connection.fetchrow("SELECT * FROM policies WHERE version = $1", version)
    return Policy.model_validate(dict(row))
