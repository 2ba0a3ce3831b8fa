"""Practices."""

from typing import Any
from uuid import UUID

from services.evaluation.rules.practices import Lesson, Practice, PracticeState
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound


async def insert_practice(connection: Connection, practice: Practice) -> None:
    """Store a new practice."""
    await connection.execute(
        """
        INSERT INTO practices (practice_id, title, title_language, what_worked, what_did_not, evidence, state, reason,
                               published_on, exchange_id, application_id, association_id, themes)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        *_changing(practice),
        practice.exchange_id,
        practice.application_id,
        practice.association_id,
        practice.themes,
    )


async def save_practice(connection: Connection, practice: Practice) -> None:
    """Store what can change of a practice."""
    await connection.execute(
        """
        UPDATE practices SET title = $2, title_language = $3, what_worked = $4, what_did_not = $5, evidence = $6,
                             state = $7, reason = $8, published_on = $9
        WHERE practice_id = $1
        """,
        *_changing(practice),
    )


async def find_practice(connection: Connection, practice_id: UUID) -> Practice:
    """The practice. Raises `NotFound`."""
    return _found(await connection.fetchrow("SELECT * FROM practices WHERE practice_id = $1", practice_id))


async def lock_practice(connection: Connection, practice_id: UUID) -> Practice:
    """The practice, locked until the commit. Raises `NotFound`."""
    return _found(
        await connection.fetchrow("SELECT * FROM practices WHERE practice_id = $1 FOR NO KEY UPDATE", practice_id)
    )


async def practices_of(connection: Connection, exchange_id: UUID) -> list[Practice]:
    """The practices of an exchange, the oldest first."""
    rows = await connection.fetch("SELECT * FROM practices WHERE exchange_id = $1 ORDER BY practice_id", exchange_id)
    return [_practice(row) for row in rows]


def _changing(practice: Practice) -> tuple[Any, ...]:
    lesson = practice.lesson
    return (
        practice.practice_id,
        lesson.title,
        lesson.title_language,
        lesson.what_worked,
        lesson.what_did_not,
        lesson.evidence,
        practice.state,
        practice.reason,
        practice.published_on,
    )


def _found(row: Any) -> Practice:
    if row is None:
        raise NotFound("practice-not-found", "There is no such practice. Check its id.")
    return _practice(row)


def _practice(row: Any) -> Practice:
    return Practice(
        practice_id=row["practice_id"],
        exchange_id=row["exchange_id"],
        application_id=row["application_id"],
        association_id=row["association_id"],
        themes=tuple(row["themes"]),
        lesson=Lesson(
            title=row["title"],
            title_language=row["title_language"],
            what_worked=row["what_worked"],
            what_did_not=row["what_did_not"],
            evidence=row["evidence"],
        ),
        state=PracticeState(row["state"]),
        reason=row["reason"],
        published_on=row["published_on"],
    )
