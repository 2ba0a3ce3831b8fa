"""What one look over the offers goes by, brought up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.matching.engine.values import Candidate, Request, Scale
from services.matching.rules.calendar import soonest
from services.matching.rules.policy import Policy, newest
from services.matching.rules.reading import request_for
from services.matching.rules.searches import Search
from services.matching.storage import proposals
from services.matching.storage.living import Living, living_in
from shared.postgres.unit_of_work import UnitOfWork

Own = Mapping[UUID, Candidate | None]
NOBODY: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Ground:
    """What one look goes by: the policy, what this process knows, the day, and offers that came to nothing before.

    `own`: offers that the unit of work has changed itself, as `Living.catch_up` gives them.
    """

    policy: Policy
    living: Living
    own: Own
    today: date
    refused: frozenset[UUID] = NOBODY

    @property
    def scale(self) -> Scale:
        """How to score, and whom to favour."""
        return self.living.scale(self.policy.weights, self.policy.favour)

    @property
    def plain_scale(self) -> Scale:
        """How to score, where nobody is favoured: in a round, which is fair in its own way, and to tell best scores."""
        return self.living.scale(self.policy.weights)

    def request_of(self, search: Search) -> Request:
        """What the search is for, today."""
        return request_for(search, soonest(self.today, self.policy.answer_days), self.refused)


def ground_among(living: Living, search: Search, today: date, refused: Mapping[UUID, frozenset[UUID]]) -> Ground:
    """What one of many searches goes by that have begun, when all is brought up to date; `refused` by application."""
    return Ground(living.policies[search.policy], living, {}, today, refused.get(search.application_id, NOBODY))


async def ground_of_new(work: UnitOfWork, programme: str) -> Ground:
    """What a search of this programme goes by that begins now."""
    living = living_in(work)
    own = await living.catch_up(work.connection)
    return Ground(newest(living.policies.values(), programme), living, own, work.today)


async def ground_of(work: UnitOfWork, search: Search) -> Ground:
    """What a search goes by that has begun: the policy that was pinned to it."""
    living = living_in(work)
    own = await living.catch_up(work.connection)
    refused = await proposals.refused_offers(work.connection, search.application_id)
    return Ground(living.policies[search.policy], living, own, work.today, refused)
