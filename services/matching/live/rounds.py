"""Computes the rounds that are ordered, one after the other, beside the schedule.

A round belongs to whoever holds its lock. The lock goes with the connection, so one whose process has ended is taken up
by another process, from its beginning. Each step has a transaction of its own; none lasts as long as the work does.
Whatever the work on one round meets, the next one is computed; readiness says when none can be.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from uuid import UUID

from pydantic import ValidationError

from services.matching.engine.rounds.material import Material, Pairs
from services.matching.engine.rounds.solve import Stage
from services.matching.live.solving import Refused, Solved, solve_apart
from services.matching.rules.competing import open_applications, open_offers
from services.matching.rules.rounds import MatchingRound, Problem, Progress, RoundPair, RoundState, begun, moved
from services.matching.rules.searches import Search
from services.matching.storage import offers, proposals, rounds, searches
from services.matching.storage.ground import ground_among
from services.matching.storage.living import living_in
from shared.hosting.service import Hosted
from shared.postgres import pool
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database
from shared.primitives.waiting import wait_for
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "rounds"
LOOK_EVERY = 1.0
TELL_EVERY = 100  # searches
AT_ONCE = 200  # offers: others have a turn after each few milliseconds
LOOKING = "looking"


@asynccontextmanager
async def rounds_at_work(hosted: Hosted) -> AsyncIterator[None]:
    """Work as long as the process has its role. What was under way when it ends is begun anew by whoever comes next."""
    hosted.readiness.ready(PART)
    working = asyncio.create_task(_keep_working(hosted), name="rounds at work")
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _keep_working(hosted: Hosted) -> None:
    while not hosted.stopping.is_set():
        try:
            more = await compute_next(hosted.database)
            hosted.readiness.ready(PART)
        except Exception as error:  # whatever it was: nobody would see that this task has ended
            more = False
            hosted.readiness.not_ready(PART, f"rounds can't be computed now ({type(error).__name__})")
            log.exception("rounds can't be computed now")
        if more:
            continue
        await wait_for(hosted.stopping, LOOK_EVERY)


async def compute_next(database: Database) -> bool:
    """Compute the first round that waits, that nobody works on and that can be read; whether there was one.

    What kept one before it from being read is raised once that is done: it holds nobody up, and it shows.
    """
    async with database.reading() as connection:
        waiting = await rounds.rounds_to_compute(connection)
    computed, met = False, None
    for round_id in waiting:
        try:
            async with database.pool.acquire() as holding, rounds.at_work(holding, round_id) as mine:
                computed = mine and await _compute(database, round_id)
        except ValidationError as error:
            met = met or error
        if computed:
            break
    if met is not None:
        raise met
    return computed


async def _compute(database: Database, round_id: UUID) -> bool:
    """Compute one round whose lock is held; false if it needs that no more.

    One that fails is begun anew, and after some tries it is given up: see `begun`.
    """
    async with database.unit_of_work() as work:
        found = await rounds.lock_round(work.connection, round_id)
        if found is None or found.state not in {RoundState.QUEUED, RoundState.COMPUTING}:
            return False
        ours = begun(found)
        await rounds.save_round(work.connection, ours)
    if ours.state is RoundState.COMPUTING:
        try:
            await _save(database, ours, await _Work(database, ours).outcome())
        except pool.AWAY:
            raise  # nothing can be begun for now
        except Exception:
            log.exception("the work on a round has failed", round_id=str(round_id), tries=ours.tries)
    return True


async def _save(database: Database, ours: MatchingRound, outcome: Solved | Refused) -> None:
    """Store the outcome, unless the round was adjusted or cancelled since it was begun."""
    async with database.unit_of_work() as work:
        found = await rounds.lock_round(work.connection, ours.round_id)
        if found is None or found.state is not RoundState.COMPUTING or found.wishes != ours.wishes:
            return
        if isinstance(outcome, Refused):
            problem = Problem(code=outcome.code, detail=outcome.detail)
            await rounds.save_round(work.connection, replace(moved(found, RoundState.FAILED), problem=problem))
            return
        pairs = [RoundPair(one.application_id, one.offer_id, one.score, one.pinned) for one in outcome.assignments]
        await rounds.save_result(work.connection, ours.round_id, pairs, outcome.report)
        await rounds.save_round(work.connection, replace(moved(found, RoundState.COMPUTED), progress=None))


@dataclass(frozen=True, slots=True)
class _Work:
    """The work on one round."""

    database: Database
    round: MatchingRound

    async def outcome(self) -> Solved | Refused:
        """What comes of the round."""
        async with self.database.reading() as connection:
            await living_in(self.database).catch_up(connection)
            open_ = [one async for one in searches.unproposed(connection, self.round.programme)]
            refused = await proposals.all_refused(connection, [one.application_id for one in open_])
        pairs = await self._pairs(open_, refused)
        async with self.database.reading() as connection:
            material = await self._material(connection, open_, pairs)
        return await solve_apart(material, self.round.options, self.round.wishes.adjustments(), self._tell_stage)

    async def _pairs(self, open_: Sequence[Search], refused: dict[UUID, frozenset[UUID]]) -> Pairs:
        """The best candidates of each search; others have a turn after each."""
        living, pairs, today = living_in(self.database), Pairs(), self.database.clock().date()
        for number, search in enumerate(open_):
            if number % TELL_EVERY == 0:
                await self._tell(Progress(LOOKING, number, len(open_)))
            ground = ground_among(living, search, today, refused)
            for hit in living.index.best(ground.request_of(search), ground.plain_scale, top=self.round.candidates):
                pairs.add(search.application_id, hit.offer_id, hit.points)
            await asyncio.sleep(0)
        return pairs

    async def _material(self, connection: Connection, open_: Sequence[Search], pairs: Pairs) -> Material:
        organisations = [one.application.organisation.organisation_id for one in open_]
        matched, named = await proposals.matched_before(connection, organisations), list(pairs.offers)
        candidates = []
        for begin in range(0, len(named), AT_ONCE):
            candidates += await offers.candidates(connection, named[begin : begin + AT_ONCE])
            await asyncio.sleep(0)
        loads = await offers.loads(connection, {one.member_id for one in candidates})
        return Material(open_applications(open_, matched), open_offers(candidates, loads), pairs)

    async def _tell_stage(self, stage: Stage) -> None:
        await self._tell(Progress(stage))

    async def _tell(self, progress: Progress) -> None:
        async with self.database.unit_of_work() as work:
            await rounds.note_progress(work.connection, self.round.round_id, progress)
