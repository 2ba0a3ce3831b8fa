"""How programmes match, and what other terms would change."""

import asyncio
from collections.abc import Container
from dataclasses import dataclass, replace
from uuid import UUID

from services.matching.rules import access
from services.matching.rules.effects import Compared, TermsEffectView, terms_effect
from services.matching.rules.policy import Policy, Terms, newest
from services.matching.rules.searches import Search
from services.matching.storage import offers, policies, proposals, searches
from services.matching.storage.ground import Ground, ground_among
from services.matching.storage.living import living_in
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.actor import Actor
from shared.primitives.errors import require

COMPARED = 200  # searches at most, the newest: each is searched twice


@dataclass(frozen=True, slots=True)
class TryTerms:
    """What these terms would change for a programme."""

    programme: str
    terms: Terms


async def list_policies(connection: Connection, actor: Actor, programme: str | None) -> list[Policy]:
    """Every version, the newest first; of one programme or of all."""
    require(access.may(actor, "use the desk"), "use the desk")
    return await policies.policies_of(connection, programme)


async def try_terms(work: UnitOfWork, asked: TryTerms) -> TermsEffectView:
    """Search for the newest open applications as it is and under the terms; nothing is saved."""
    require(access.may(work.actor, "set policies"), "set policies")
    living = living_in(work)
    await living.catch_up(work.connection)
    policy = newest(living.policies.values(), asked.programme)
    open_ = await searches.newest_open(work.connection, asked.programme, COMPARED)
    refused = await proposals.all_refused(work.connection, [one.application_id for one in open_])
    compared = []
    for search in open_:
        compared.append(_compared(ground_among(living, search, work.today, refused), search, asked.terms))
        await asyncio.sleep(0)  # others have a turn after each
    named = {offer for one in compared for offer in (*one.before, *one.after)}
    known = {one.offer_id: one for one in await offers.candidates(work.connection, named)}
    return terms_effect(
        asked.programme, policy.version, asked.terms, [_those_there(one, known) for one in compared], known
    )


def _compared(ground: Ground, search: Search, terms: Terms) -> Compared:
    pinned, living, request = ground.policy, ground.living, ground.request_of(search)

    def best(terms: Terms) -> tuple[UUID, ...]:
        scale = living.scale(terms.weights, terms.favour)
        return tuple(hit.offer_id for hit in living.index.best(request, scale, top=terms.proposals))

    return Compared(
        search.application_id,
        request.place,
        best(pinned),
        best(terms),
    )


def _those_there(one: Compared, known: Container[UUID]) -> Compared:
    """Without offers that went away in this very moment."""
    before, after = [tuple(offer for offer in best if offer in known) for best in (one.before, one.after)]
    return replace(one, before=before, after=after)
