"""Surveys and their answers."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.evaluation.rules.answers import Answers, Rated
from services.evaluation.rules.surveys import Survey, SurveyState
from shared.events.evaluation import SurveyKind
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound
from shared.primitives.terms import Side

AT_ONCE = 500  # surveys that one transaction of the schedule takes


async def insert_surveys(connection: Connection, surveys: Sequence[Survey]) -> None:
    """Store new surveys. A second survey about the same thing breaks a constraint."""
    await connection.executemany(
        """
        INSERT INTO surveys (survey_id, due, remind_on, closes_on, state, reason, exchange_id, application_id,
                             respondent_id, side, kind, version, day)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        """,
        [
            (
                *_changing(survey),
                survey.exchange_id,
                survey.application_id,
                survey.respondent_id,
                survey.side,
                survey.kind,
                survey.version,
                survey.day,
            )
            for survey in surveys
        ],
    )


async def save_surveys(connection: Connection, surveys: Sequence[Survey]) -> None:
    """Store what can change of surveys."""
    await connection.executemany(
        "UPDATE surveys SET due = $2, remind_on = $3, closes_on = $4, state = $5, reason = $6 WHERE survey_id = $1",
        [_changing(survey) for survey in surveys],
    )


async def find_survey(connection: Connection, survey_id: UUID) -> Survey:
    """The survey. Raises `NotFound`."""
    return _found(await connection.fetchrow("SELECT * FROM surveys WHERE survey_id = $1", survey_id))


async def lock_survey(connection: Connection, survey_id: UUID) -> Survey:
    """The survey, locked until the commit. Raises `NotFound`."""
    return _found(await connection.fetchrow("SELECT * FROM surveys WHERE survey_id = $1 FOR NO KEY UPDATE", survey_id))


async def surveys_of(connection: Connection, exchange_id: UUID) -> list[Survey]:
    """Every survey of an exchange, in the order in which they are asked."""
    rows = await connection.fetch(
        """
        SELECT * FROM surveys WHERE exchange_id = $1
        ORDER BY array_position(ARRAY['before', 'pulse', 'after'], kind), day, side DESC
        """,
        exchange_id,
    )
    return [_survey(row) for row in rows]


async def lock_surveys_of(
    connection: Connection, exchange_id: UUID, states: frozenset[SurveyState], kinds: Sequence[SurveyKind]
) -> list[Survey]:
    """The surveys of an exchange in these states and of these kinds, locked until the commit."""
    rows = await connection.fetch(
        """
        SELECT * FROM surveys WHERE exchange_id = $1 AND state = ANY($2::text[]) AND kind = ANY($3::text[])
        ORDER BY survey_id FOR NO KEY UPDATE
        """,
        exchange_id,
        sorted(states),
        list(kinds),
    )
    return [_survey(row) for row in rows]


async def lock_surveys_to_remind(connection: Connection, today: date) -> list[Survey]:
    """Open surveys whose reminder is due, locked; those that somebody works on right now are left for the next time."""
    rows = await connection.fetch(
        """
        SELECT * FROM surveys WHERE state = 'open' AND remind_on <= $1 AND closes_on >= $1
        ORDER BY remind_on LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
        """,
        today,
        AT_ONCE,
    )
    return [_survey(row) for row in rows]


async def lock_surveys_to_close(connection: Connection, today: date) -> list[Survey]:
    """Unanswered surveys whose last day is over, locked as above."""
    rows = await connection.fetch(
        """
        SELECT * FROM surveys WHERE state IN ('open', 'reminded') AND closes_on < $1
        ORDER BY closes_on LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED
        """,
        today,
        AT_ONCE,
    )
    return [_survey(row) for row in rows]


async def lock_surveys_to_analyse(connection: Connection) -> list[Survey]:
    """Settled surveys of exchanges that are over and wait for no other answer, locked as above."""
    rows = await connection.fetch(
        """
        SELECT s.* FROM surveys s JOIN exchanges e USING (exchange_id)
        WHERE s.state IN ('submitted', 'partial', 'missed') AND e.phase IN ('completed', 'cancelled')
          AND NOT EXISTS (SELECT FROM surveys w WHERE w.exchange_id = s.exchange_id
                                                  AND w.state IN ('scheduled', 'open', 'reminded'))
        LIMIT $1 FOR NO KEY UPDATE OF s SKIP LOCKED
        """,
        AT_ONCE,
    )
    return [_survey(row) for row in rows]


async def insert_answers(connection: Connection, survey_id: UUID, answers: Answers, now: datetime) -> None:
    """Store the answers to a survey. A second set breaks a constraint."""
    await connection.execute(
        "INSERT INTO answers (survey_id, texts, baseline, submitted_at) VALUES ($1, $2, $3, $4)",
        survey_id,
        dict(answers.texts),
        answers.number,
        now,
    )
    await connection.executemany(
        "INSERT INTO ratings (survey_id, place, item, value) VALUES ($1, $2, $3, $4)",
        [(survey_id, place, rated.item, rated.value) for place, rated in enumerate(answers.ratings)],
    )


async def find_answers(connection: Connection, survey_id: UUID) -> Answers | None:
    """The answers as they were sent; None while there are none."""
    row = await connection.fetchrow("SELECT texts, baseline FROM answers WHERE survey_id = $1", survey_id)
    if row is None:
        return None
    rated = await connection.fetch("SELECT item, value FROM ratings WHERE survey_id = $1 ORDER BY place", survey_id)
    return Answers(tuple(Rated(one["item"], one["value"]) for one in rated), row["texts"], row["baseline"])


def _changing(survey: Survey) -> tuple[Any, ...]:
    return survey.survey_id, survey.due, survey.remind_on, survey.closes_on, survey.state, survey.reason


def _found(row: Any) -> Survey:
    if row is None:
        raise NotFound("survey-not-found", "There is no such survey. Look at the surveys of the exchange for its id.")
    return _survey(row)


def _survey(row: Any) -> Survey:
    return Survey(
        survey_id=row["survey_id"],
        exchange_id=row["exchange_id"],
        application_id=row["application_id"],
        respondent_id=row["respondent_id"],
        side=Side(row["side"]),
        kind=SurveyKind(row["kind"]),
        version=row["version"],
        day=row["day"],
        due=row["due"],
        remind_on=row["remind_on"],
        closes_on=row["closes_on"],
        state=SurveyState(row["state"]),
        reason=row["reason"],
    )
