"""Rounds: ordered, adjusted, published, cancelled by a coordinator. What computes them is in `live/rounds.py`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.matching.engine.rounds.values import Options
from services.matching.engine.values import Ranked
from services.matching.rules import access
from services.matching.rules.policy import USUAL
from services.matching.rules.rounds import (
    MatchingRound,
    Outcome,
    RoundPair,
    RoundState,
    RoundView,
    Wishes,
    adjusted,
    moved,
    round_view,
)
from services.matching.rules.searches import UNPROPOSED, published
from services.matching.storage import proposals, rounds, searches
from services.matching.storage.ground import Ground, ground_of
from services.matching.use_cases.case import Case, lock_case
from services.matching.use_cases.looking import judge_offers
from services.matching.use_cases.searching import publish
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, require


@dataclass(frozen=True, slots=True)
class OrderRound:
    """Let the open applications of a programme compete, each for one of its best `candidates` offers."""

    options: Options
    candidates: int
    programme: str = USUAL


@dataclass(frozen=True, slots=True)
class AdjustRound:
    """Compute a round anew with these pins and bans."""

    round_id: UUID
    wishes: Wishes


async def order_round(work: UnitOfWork, command: OrderRound) -> RoundView:
    """Put a round into the queue; it is computed in the background."""
    require(access.may(work.actor, "run rounds"), "run rounds")
    ordered = MatchingRound(
        round_id=work.new_id(),
        programme=command.programme,
        state=RoundState.QUEUED,
        options=command.options,
        candidates=command.candidates,
        wishes=Wishes(),
        tries=0,
        progress=None,
        problem=None,
        created_by=work.actor.account,
        created_at=work.now,
    )
    await rounds.add_round(work.connection, ordered)
    return round_view(ordered, {}, None)


async def adjust_round(work: UnitOfWork, command: AdjustRound) -> RoundView:
    """Put a round into the queue again, with other pins and bans; what it proposed stays until it is computed."""
    found = adjusted(await _locked(work, command.round_id), command.wishes)
    return await _saved(work, found)


async def publish_round(work: UnitOfWork, round_id: UUID) -> RoundView:
    """Begin to propose what a round has found; the schedule does it, one application after the other."""
    return await _saved(work, moved(await _locked(work, round_id), RoundState.PUBLISHING))


async def cancel_round(work: UnitOfWork, round_id: UUID) -> RoundView:
    """Give a round up; nothing of it is proposed."""
    return await _saved(work, moved(await _locked(work, round_id), RoundState.CANCELLED))


async def publish_next(work: UnitOfWork) -> int:
    """Propose the pairs of the next application of a round that is being published; returns how many pairs.

    One application at a time, each in its own transaction: whoever goes on after a crash finds what is left.
    """
    following = await rounds.next_to_publish(work.connection)
    if following is None:
        return 0
    round_id, pairs = following
    if pairs:
        await rounds.save_outcomes(work.connection, round_id, await _publish(work, pairs))
        return len(pairs)
    found = await rounds.lock_round(work.connection, round_id)
    assert found is not None
    await rounds.save_round(work.connection, moved(found, RoundState.PUBLISHED))
    return 1


async def _publish(work: UnitOfWork, pairs: Sequence[RoundPair]) -> list[RoundPair]:
    """Propose the pairs of one application as their offers are now; those that don't fit any more are left out."""
    case = await lock_case(work, pairs[0].application_id)
    if case is None or case.search.state not in UNPROPOSED:
        state = "unknown" if case is None else case.search.state
        return [replace(one, outcome=Outcome.LEFT_OUT, reason=f"search-{state}") for one in pairs]
    ground = await ground_of(work, case.search)
    outcomes, fit = await _judged(work, case, pairs, ground)
    if not fit:
        return outcomes  # what a coordinator has put onto the shortlist stays there
    ranked = sorted(fit, key=lambda one: (-one.score, one.candidate.offer_id))
    await proposals.end_unpublished(work.connection, case.search.application_id)
    await searches.save_search(work.connection, published(case.search))
    fresh = await publish(work, case.search, ranked, ground.policy)
    ids = {one.offer_id: one.proposal_id for one in fresh}
    return [replace(one, proposal_id=ids.get(one.offer_id)) for one in outcomes]


async def _judged(
    work: UnitOfWork, case: Case, pairs: Sequence[RoundPair], ground: Ground
) -> tuple[list[RoundPair], list[Ranked]]:
    """The pairs with what becomes of them, and those that fit."""
    verdicts = await judge_offers(work, case.search, [one.offer_id for one in pairs], ground)
    outcomes, fit = [], []
    for pair in pairs:
        verdict = verdicts[pair.offer_id]
        if verdict is not None and verdict.ranked is not None:
            fit.append(verdict.ranked)
            outcomes.append(replace(pair, outcome=Outcome.PUBLISHED))
        else:
            reason = "offer-closed" if verdict is None else verdict.obstacles[0]
            outcomes.append(replace(pair, outcome=Outcome.LEFT_OUT, reason=reason))
    return outcomes, fit


async def _locked(work: UnitOfWork, round_id: UUID) -> MatchingRound:
    require(access.may(work.actor, "run rounds"), "run rounds")
    found = await rounds.lock_round(work.connection, round_id)
    if found is None:
        raise NotFound("no-such-round", "There is no round with this id.")
    return found


async def _saved(work: UnitOfWork, changed: MatchingRound) -> RoundView:
    await rounds.save_round(work.connection, changed)
    report = await rounds.load_report(work.connection, changed.round_id)
    return round_view(changed, await rounds.count_outcomes(work.connection, changed.round_id), report)
