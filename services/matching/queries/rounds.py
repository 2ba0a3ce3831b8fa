"""Rounds, for coordinators: how far they are, what they propose, what they would mean."""

from uuid import UUID

from services.matching.rules import access
from services.matching.rules.rounds import MatchingRound, RoundPairView, RoundView, pair_views, round_view
from services.matching.storage import rounds
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound, require


async def newest_rounds(connection: Connection, actor: Actor, limit: int) -> list[RoundView]:
    """The rounds that were ordered last, without their reports."""
    require(access.may(actor, "run rounds"), "run rounds")
    found = await rounds.newest_rounds(connection, limit)
    return [round_view(one, await rounds.count_outcomes(connection, one.round_id), None) for one in found]


async def round_report(connection: Connection, actor: Actor, round_id: UUID) -> RoundView:
    """One round with its report."""
    found = await _round(connection, actor, round_id)
    report = await rounds.load_report(connection, round_id)
    return round_view(found, await rounds.count_outcomes(connection, round_id), report)


async def round_pairs(
    connection: Connection, actor: Actor, round_id: UUID, after: UUID | None, limit: int
) -> list[RoundPairView]:
    """The pairs of so many applications after one."""
    await _round(connection, actor, round_id)
    return pair_views(await rounds.pairs_of(connection, round_id, after, limit))


async def _round(connection: Connection, actor: Actor, round_id: UUID) -> MatchingRound:
    require(access.may(actor, "run rounds"), "run rounds")
    found = await rounds.load_round(connection, round_id)
    if found is None:
        raise NotFound("no-such-round", "There is no round with this id.")
    return found
