"""Rounds and their pairs."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from uuid import UUID

import asyncpg

from services.matching.engine.rounds.results import REPORT, Report
from services.matching.engine.rounds.values import Options
from services.matching.rules.rounds import (
    MatchingRound,
    Outcome,
    Problem,
    Progress,
    RoundPair,
    RoundState,
    Wishes,
)
from shared.postgres.pool import Connection
from shared.postgres.session_lock import held

COLUMNS = (
    "round_id, programme, state, options, candidates, pins, bans, tries, stage, done, total, problem, created_by, "
    "created_at"
)


async def add_round(connection: Connection, new: MatchingRound) -> None:
    """Store a round that is to be computed."""
    await connection.execute(
        """
        INSERT INTO rounds (round_id, programme, state, options, candidates, created_by, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        new.round_id,
        new.programme,
        new.state,
        new.options.model_dump(),
        new.candidates,
        new.created_by,
        new.created_at,
    )


async def save_round(connection: Connection, changed: MatchingRound) -> None:
    """Store what changes in a round."""
    wishes, progress = changed.wishes.model_dump(mode="json"), changed.progress
    await connection.execute(
        """
        UPDATE rounds SET state = $2, pins = $3, bans = $4, tries = $5, stage = $6, done = $7, total = $8, problem = $9,
            updated_at = now()
        WHERE round_id = $1
        """,
        changed.round_id,
        changed.state,
        wishes["pins"],
        wishes["bans"],
        changed.tries,
        progress.stage if progress else None,
        progress.done if progress else 0,
        progress.total if progress else 0,
        changed.problem.model_dump() if changed.problem else None,
    )


async def note_progress(connection: Connection, round_id: UUID, progress: Progress) -> None:
    """Store how far the work on a round is; one that is not being computed any more stays as it is."""
    await connection.execute(
        "UPDATE rounds SET stage = $2, done = $3, total = $4 WHERE round_id = $1 AND state = 'computing'",
        round_id,
        progress.stage,
        progress.done,
        progress.total,
    )


async def load_round(connection: Connection, round_id: UUID) -> MatchingRound | None:
    """A round as it is, without a lock."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM rounds WHERE round_id = $1", round_id)  # noqa: S608
    return _round(row) if row else None


async def lock_round(connection: Connection, round_id: UUID) -> MatchingRound | None:
    """A round, locked until the commit."""
    row = await connection.fetchrow(f"SELECT {COLUMNS} FROM rounds WHERE round_id = $1 FOR UPDATE", round_id)  # noqa: S608
    return _round(row) if row else None


async def newest_rounds(connection: Connection, limit: int) -> list[MatchingRound]:
    """The rounds that were ordered last, the newest first."""
    rows = await connection.fetch(f"SELECT {COLUMNS} FROM rounds ORDER BY created_at DESC, round_id LIMIT $1", limit)  # noqa: S608
    return [_round(row) for row in rows]


async def rounds_to_compute(connection: Connection) -> list[UUID]:
    """Rounds that wait for their computation, or whose computation was begun, in the order of their orders."""
    rows = await connection.fetch(
        "SELECT round_id FROM rounds WHERE state IN ('queued', 'computing') ORDER BY created_at"
    )
    return [row[0] for row in rows]


def at_work(connection: Connection, round_id: UUID) -> AbstractAsyncContextManager[bool]:
    """Hold the lock of whoever computes a round, on this connection; false if another one does."""
    return held(connection, f"matching round {round_id}")


async def save_result(connection: Connection, round_id: UUID, pairs: Iterable[RoundPair], report: str) -> None:
    """Store what a round proposes, in the place of what it proposed before, and its report as JSON."""
    await connection.execute("DELETE FROM round_pairs WHERE round_id = $1", round_id)
    await connection.copy_records_to_table(
        "round_pairs",
        columns=("round_id", "application_id", "offer_id", "score", "pinned"),
        records=[(round_id, one.application_id, one.offer_id, one.score, one.pinned) for one in pairs],
    )
    await connection.execute("UPDATE rounds SET report = $2::text::jsonb WHERE round_id = $1", round_id, report)


async def load_report(connection: Connection, round_id: UUID) -> Report | None:
    """What a coordinator must know of a round; None before it is computed."""
    report = await connection.fetchval("SELECT report FROM rounds WHERE round_id = $1", round_id)
    return None if report is None else REPORT.validate_python(report)


async def count_outcomes(connection: Connection, round_id: UUID) -> dict[Outcome | None, int]:
    """How many pairs have come to what; None: to nothing yet."""
    rows = await connection.fetch(
        "SELECT outcome, count(*) FROM round_pairs WHERE round_id = $1 GROUP BY outcome", round_id
    )
    return {Outcome(row[0]) if row[0] else None: row[1] for row in rows}


async def pairs_of(connection: Connection, round_id: UUID, after: UUID | None, limit: int) -> list[RoundPair]:
    """The pairs of so many applications after one, in the order of applications, the best first."""
    rows = await connection.fetch(
        """
        SELECT * FROM round_pairs WHERE round_id = $1 AND application_id IN (
            SELECT DISTINCT application_id FROM round_pairs
            WHERE round_id = $1 AND (application_id > $2 OR $2 IS NULL) ORDER BY application_id LIMIT $3)
        ORDER BY application_id, score DESC, offer_id
        """,
        round_id,
        after,
        limit,
    )
    return [_pair(row) for row in rows]


async def next_to_publish(connection: Connection) -> tuple[UUID, list[RoundPair]] | None:
    """A round that is being published, with the pairs of its next application; none are left at its end."""
    round_id = await connection.fetchval(
        "SELECT round_id FROM rounds WHERE state = 'publishing' ORDER BY created_at LIMIT 1"
    )
    if round_id is None:
        return None
    rows = await connection.fetch(
        """
        SELECT * FROM round_pairs WHERE round_id = $1 AND outcome IS NULL AND application_id = (
            SELECT application_id FROM round_pairs WHERE round_id = $1 AND outcome IS NULL
            ORDER BY application_id LIMIT 1)
        ORDER BY score DESC, offer_id
        """,
        round_id,
    )
    return round_id, [_pair(row) for row in rows]


async def save_outcomes(connection: Connection, round_id: UUID, pairs: Iterable[RoundPair]) -> None:
    """Store what became of pairs."""
    await connection.executemany(
        """
        UPDATE round_pairs SET outcome = $4, reason = $5, proposal_id = $6
        WHERE round_id = $1 AND application_id = $2 AND offer_id = $3
        """,
        [(round_id, one.application_id, one.offer_id, one.outcome, one.reason, one.proposal_id) for one in pairs],
    )


def _round(row: asyncpg.Record) -> MatchingRound:
    return MatchingRound(
        round_id=row["round_id"],
        programme=row["programme"],
        state=RoundState(row["state"]),
        options=Options.model_validate(row["options"]),
        candidates=row["candidates"],
        wishes=Wishes.model_validate({"pins": row["pins"], "bans": row["bans"]}),
        tries=row["tries"],
        progress=Progress(row["stage"], row["done"], row["total"]) if row["stage"] else None,
        problem=Problem.model_validate(row["problem"]) if row["problem"] else None,
        created_by=row["created_by"],
        created_at=row["created_at"],
    )


def _pair(row: asyncpg.Record) -> RoundPair:
    return RoundPair(
        application_id=row["application_id"],
        offer_id=row["offer_id"],
        score=row["score"],
        pinned=row["pinned"],
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        reason=row["reason"],
        proposal_id=row["proposal_id"],
    )
