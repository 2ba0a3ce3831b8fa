"""Cases and where they stand."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.monitor.rules.cases import Case, Part
from shared.postgres.pool import Connection


async def lock_cases(connection: Connection, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
    """These cases, locked until the commit; one that is new has no events yet.

    Rows are made and locked in the order of their ids, so two consumers with events of the same cases can't deadlock.
    """
    wanted = sorted(set(case_ids))
    await connection.execute(
        """
        INSERT INTO cases (case_id, parts, events, state)
        SELECT id, '{}', 0, '' FROM unnest($1::uuid[]) AS id ORDER BY id ON CONFLICT DO NOTHING
        """,
        wanted,
    )
    rows = await connection.fetch(
        """
        SELECT case_id, reference, parts, events, first_at, last_at FROM cases
        WHERE case_id = ANY($1::uuid[]) ORDER BY case_id FOR UPDATE
        """,
        wanted,
    )
    return {
        row["case_id"]: Case(
            row["case_id"], row["reference"], _parts(row["parts"]), row["events"], row["first_at"], row["last_at"]
        )
        for row in rows
    }


async def save_cases(connection: Connection, cases: Iterable[Case]) -> None:
    """Store cases that are locked."""
    await connection.executemany(
        """
        UPDATE cases SET reference = $2, parts = $3, events = $4, first_at = $5, last_at = $6,
                         state = $7, waits_for = $8, quiet_since = $9
        WHERE case_id = $1
        """,
        [_row(case) for case in cases],
    )


def _row(case: Case) -> tuple[Any, ...]:
    told = case.situation
    known = (case.case_id, case.reference, _stored(case.parts), case.events, case.first_at, case.last_at)
    return (*known, told.state, told.waits_for, case.quiet_since)


def _stored(parts: Mapping[str, Part]) -> dict[str, dict[str, Any]]:
    return {
        place: {"name": part.name, "sequence": part.sequence, "expected_on": part.expected_on}
        for place, part in parts.items()
    }


def _parts(stored: Mapping[str, Mapping[str, Any]]) -> dict[str, Part]:
    return {
        place: Part(
            part["name"],
            part["sequence"],
            date.fromisoformat(part["expected_on"]) if part["expected_on"] else None,
        )
        for place, part in stored.items()
    }
