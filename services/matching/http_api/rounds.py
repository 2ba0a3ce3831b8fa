"""Rounds: order, look, adjust, publish, cancel."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from services.matching import queries, use_cases
from services.matching.engine.rounds.values import Options
from services.matching.rules.policy import USUAL
from services.matching.rules.rounds import PairOf, RoundPairView, RoundView, Wishes
from services.matching.use_cases import AdjustRound, OrderRound
from shared.events.base import Code
from shared.http.body import Body
from shared.http.call import Call

router = APIRouter(prefix="/rounds")


MOST_LISTED = 1_000  # a report must stay readable, and small enough to be stored and sent
MOST_WISHES = 4_000  # so many pins and so many bans fit into the largest body


class OptionsBody(Options):
    """Options as they can be ordered."""

    listed: int = Field(default=100, ge=0, le=MOST_LISTED)


class WishesBody(Wishes):
    """Wishes as they can be sent."""

    pins: tuple[PairOf, ...] = Field(default=(), max_length=MOST_WISHES)
    bans: tuple[PairOf, ...] = Field(default=(), max_length=MOST_WISHES)


class RoundBody(Body):
    """How the round is solved, whose applications compete, and for how many of their best offers each."""

    options: OptionsBody = OptionsBody()
    programme: Code = USUAL
    candidates: int = Field(default=50, ge=1, le=200)


@router.post("", status_code=202)
async def order_round(call: Call, body: RoundBody | None = None) -> RoundView:
    """Let all open applications of a programme compete for all offers; the round is computed in the background."""
    body = body or RoundBody()
    return await call.command(use_cases.order_round, OrderRound(body.options, body.candidates, body.programme))


@router.get("")
async def list_rounds(call: Call, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> list[RoundView]:
    """The rounds that were ordered last, without their reports."""
    return await call.read(queries.newest_rounds, limit)


@router.get("/{round_id}")
async def show_round(round_id: UUID, call: Call) -> RoundView:
    """How far a round is; once it is computed, what it would mean."""
    return await call.read(queries.round_report, round_id)


@router.get("/{round_id}/pairs")
async def list_pairs(
    round_id: UUID,
    call: Call,
    after: Annotated[UUID | None, Query(description="the application after which the list goes on")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="how many applications")] = 200,
) -> list[RoundPairView]:
    """What a round proposes, and what became of it."""
    return await call.read(queries.round_pairs, round_id, after, limit)


@router.put("/{round_id}/adjustments", status_code=202)
async def adjust_round(round_id: UUID, body: WishesBody, call: Call) -> RoundView:
    """Compute a round anew with pairs that must be and pairs that must not."""
    return await call.command(use_cases.adjust_round, AdjustRound(round_id, body))


@router.post("/{round_id}/publication", status_code=202)
async def publish_round(round_id: UUID, call: Call) -> RoundView:
    """Propose what a round has found to both sides of each pair; it is done in the background."""
    return await call.command(use_cases.publish_round, round_id)


@router.delete("/{round_id}")
async def cancel_round(round_id: UUID, call: Call) -> RoundView:
    """Give a round up; nothing of it is proposed."""
    return await call.command(use_cases.cancel_round, round_id)
