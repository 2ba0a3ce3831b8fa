"""How the programme matches, by version."""

from uuid import UUID

from services.matching.engine.values import RATING_WITHOUT_ANY, Scale
from services.matching.rules.policy import Ground, Policy
from services.matching.rules.proposals import REFUSED
from shared.postgres.pool import Connection


async def load_ground(connection: Connection, application_id: UUID, version: int | None = None) -> Ground:
    """What the search of an application goes by: under the policy that is pinned to it, a new one under the newest."""
    row = await connection.fetchrow(
        """
        SELECT to_jsonb(p) AS policy,
               (SELECT sum(rating_total) / nullif(sum(ratings), 0) FROM track_records) AS mean_rating,
               ARRAY(SELECT offer_id FROM proposals WHERE application_id = $2 AND state = ANY($3)) AS refused
        FROM policies AS p WHERE version = coalesce($1, (SELECT max(version) FROM policies))
        """,
        version,
        application_id,
        list(REFUSED),
    )
    policy, mean = Policy.model_validate(row["policy"]), row["mean_rating"]
    scale = Scale(policy.weights, RATING_WITHOUT_ANY if mean is None else mean)
    return Ground(policy, scale, frozenset(row["refused"]))
