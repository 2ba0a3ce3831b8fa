"""Applications and their reviews."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.intake.rules.admissibility import SAME_THEME_WITHIN
from services.intake.rules.answers import ApplicationAnswers
from services.intake.rules.review import Eligibility, Review, Scores
from services.intake.rules.states import ApplicationState
from services.intake.rules.things import Application
from shared.postgres.pool import Connection
from shared.primitives.errors import FieldProblem, NotFound


async def insert_application(connection: Connection, application: Application) -> None:
    """Store a new draft."""
    await connection.execute(
        "INSERT INTO applications (application_id, organisation_id, state, answers) VALUES ($1, $2, 'draft', '{}')",
        application.application_id,
        application.organisation_id,
    )
    await save_application(connection, application)


async def lock_application(connection: Connection, application_id: UUID) -> Application:
    """The application, locked until the commit. Raises NotFound."""
    row = await connection.fetchrow("SELECT * FROM applications WHERE application_id = $1 FOR UPDATE", application_id)
    return _application(row)


async def application(connection: Connection, application_id: UUID) -> Application:
    """The application, for reading. Raises NotFound."""
    return _application(
        await connection.fetchrow("SELECT * FROM applications WHERE application_id = $1", application_id)
    )


async def save_application(connection: Connection, application: Application) -> None:
    """Store everything of the application that can change."""
    await connection.execute(
        """
        UPDATE applications SET state = $2, answers = $3, themes = $4, reference = $5, received_on = $6,
            rules_version = $7, failed_checks = $8, reasons = $9, resubmits = $10, search = $11, offer_id = $12
        WHERE application_id = $1
        """,
        application.application_id,
        application.state,
        application.answers.model_dump(mode="json"),
        list(application.answers.need.themes),
        application.reference,
        application.received_on,
        application.rules_version,
        [asdict(problem) for problem in application.failed_checks],
        list(application.reasons),
        application.resubmits,
        application.search,
        application.offer_id,
    )


async def lock_organisation_of(connection: Connection, organisation_id: UUID) -> None:
    """Let one submission of an organisation be checked at a time, so that two can't miss each other as duplicates."""
    await connection.execute("SELECT 1 FROM organisations WHERE organisation_id = $1 FOR UPDATE", organisation_id)


async def duplicate_of(connection: Connection, application: Application, *, on: date) -> str | None:
    """The reference of another application of the same organisation and theme, within 12 months before `on`."""
    reference: str | None = await connection.fetchval(
        """
        SELECT reference FROM applications
        WHERE organisation_id = $1 AND application_id <> $2 AND themes && $3
          AND received_on BETWEEN $4 AND $5 AND state NOT IN ('draft', 'rejected', 'withdrawn')
        ORDER BY received_on DESC LIMIT 1
        """,
        application.organisation_id,
        application.application_id,
        list(application.answers.need.themes),
        on - SAME_THEME_WITHIN,
        on + SAME_THEME_WITHIN,
    )
    return reference


async def next_reference(connection: Connection, year: int) -> str:
    """A new reference number, such as CN-2026-0007. Numbers of one year have no gaps."""
    number: int = await connection.fetchval(
        """
        INSERT INTO reference_numbers AS r (year, last) VALUES ($1, 1)
        ON CONFLICT (year) DO UPDATE SET last = r.last + 1 RETURNING last
        """,
        year,
    )
    return f"CN-{year}-{number:04d}"


async def insert_review(connection: Connection, application_id: UUID, review: Review, at: datetime) -> bool:
    """Store a review; False if this reviewer has given one already."""
    status = await connection.execute(
        """
        INSERT INTO reviews (application_id, reviewer, recused, eligibility, scores, reviewed_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """,
        application_id,
        review.reviewer,
        review.recused,
        review.eligibility.model_dump() if review.eligibility else None,
        review.scores.model_dump() if review.scores else None,
        at,
    )
    return str(status) == "INSERT 0 1"


async def reviews(connection: Connection, application_id: UUID) -> list[Review]:
    """The reviews so far, in the order of their coming."""
    rows = await connection.fetch(
        "SELECT * FROM reviews WHERE application_id = $1 ORDER BY reviewed_at, reviewer", application_id
    )
    return [
        Review(
            reviewer=row["reviewer"],
            eligibility=Eligibility.model_validate(row["eligibility"]) if row["eligibility"] else None,
            scores=Scores.model_validate(row["scores"]) if row["scores"] else None,
        )
        for row in rows
    ]


def _application(row: asyncpg.Record | None) -> Application:
    if row is None:
        raise NotFound("no-such-application", "There is no application with this id that you may see.")
    return Application(
        application_id=row["application_id"],
        organisation_id=row["organisation_id"],
        state=ApplicationState(row["state"]),
        answers=ApplicationAnswers.model_validate(row["answers"]),
        reference=row["reference"],
        received_on=row["received_on"],
        rules_version=row["rules_version"],
        failed_checks=tuple(FieldProblem(**problem) for problem in row["failed_checks"]),
        reasons=tuple(row["reasons"]),
        resubmits=row["resubmits"],
        search=row["search"],
        offer_id=row["offer_id"],
    )
