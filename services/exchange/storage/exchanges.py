"""SQL for exchanges with their participants, checklist and actions."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

import asyncpg

from services.exchange.rules import (
    BeforeSurvey,
    ChecklistEntry,
    Exchange,
    Item,
    OwnedAction,
    Part,
    Participant,
    Plan,
    Report,
    State,
)
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound, Rejected
from shared.primitives.terms import Mode

SAME_NAME = (
    "id",
    "application_id",
    "proposal_id",
    "offer_id",
    "expert_id",
    "requester_id",
    "offerer_id",
    "host_id",
    "reference",
    "title",
    "title_language",
    "terms",
    "association_id",
    "association_confirmed_on",
    "converted_on",
    "started_on",
    "completed_on",
)


async def lock_exchange(connection: Connection, exchange_id: UUID) -> Exchange:
    """The exchange, locked until the transaction ends. Raises `NotFound`."""
    # Read after the lock is held, by a statement of its own: one that had to wait would see the parts of before.
    await connection.execute("SELECT FROM exchanges WHERE id = $1 FOR UPDATE", exchange_id)
    return await find_exchange(connection, exchange_id)


async def find_exchange(connection: Connection, exchange_id: UUID) -> Exchange:
    """The exchange as it is now. Raises `NotFound`."""
    found = await _whole(connection, [exchange_id])
    if not found:
        raise NotFound("exchange-not-found", "There is no exchange with this id.")
    return found[0]


async def exchanges_of(connection: Connection, application_id: UUID) -> list[Exchange]:
    """Every exchange of an application, the oldest first."""
    ids = await connection.fetch("SELECT id FROM exchanges WHERE application_id = $1", application_id)
    return await _whole(connection, [row["id"] for row in ids])


async def add_exchange(connection: Connection, exchange: Exchange) -> None:
    """Store an exchange that was just planned. Raises `Rejected` if its proposal has one already."""
    added = await connection.fetchval(
        """
        INSERT INTO exchanges (
            id, application_id, proposal_id, offer_id, expert_id, requester_id, offerer_id, host_id, mode, reference,
            title, title_language, themes, state, first_day, last_day, online, organisations, before_survey)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        ON CONFLICT (proposal_id) DO NOTHING RETURNING true
        """,
        exchange.id,
        exchange.application_id,
        exchange.proposal_id,
        exchange.offer_id,
        exchange.expert_id,
        exchange.requester_id,
        exchange.offerer_id,
        exchange.host_id,
        exchange.mode,
        exchange.reference,
        exchange.title,
        exchange.title_language,
        exchange.themes,
        exchange.state,
        exchange.plan.first,
        exchange.plan.last,
        exchange.plan.online,
        exchange.organisations,
        exchange.before_survey,
    )
    if not added:
        raise Rejected("exchange-exists", "This proposal has its exchange already; a proposal is confirmed once.")


async def save_exchange(connection: Connection, before: Exchange, after: Exchange) -> None:
    """Store what differs from `before`, the exchange as it was locked. Actions have `add_action`."""
    await connection.execute(
        """
        UPDATE exchanges SET
            state = $2, first_day = $3, last_day = $4, online = $5, terms = $6, association_id = $7,
            association_confirmed_on = $8, organisations = $9, before_survey = $10, converted_on = $11,
            started_on = $12, completed_on = $13, report = $14
        WHERE id = $1
        """,
        after.id,
        after.state,
        after.plan.first,
        after.plan.last,
        after.plan.online,
        after.terms,
        after.association_id,
        after.association_confirmed_on,
        after.organisations,
        after.before_survey,
        after.converted_on,
        after.started_on,
        after.completed_on,
        asdict(after.report) if after.report else None,
    )
    if after.plan.participants != before.plan.participants:
        await _replace_participants(connection, after)
    if after.checklist != before.checklist:
        await _replace_checklist(connection, after)


async def add_action(connection: Connection, exchange_id: UUID, action: OwnedAction) -> None:
    """Store an action that was heard of; one that is known stays as it is."""
    await connection.execute(
        """
        INSERT INTO exchange_actions (action_id, exchange_id, owner_id, due) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING
        """,
        action.action_id,
        exchange_id,
        action.owner_id,
        action.due,
    )


async def _replace_participants(connection: Connection, exchange: Exchange) -> None:
    await connection.execute("DELETE FROM exchange_participants WHERE exchange_id = $1", exchange.id)
    await connection.copy_records_to_table(
        "exchange_participants",
        columns=("exchange_id", "number", "organisation_id", "part", "member_id"),
        records=[
            (exchange.id, number, one.organisation_id, one.part, one.member_id)
            for number, one in enumerate(exchange.plan.participants, 1)
        ],
    )


async def _replace_checklist(connection: Connection, exchange: Exchange) -> None:
    await connection.execute("DELETE FROM exchange_checklist WHERE exchange_id = $1", exchange.id)
    await connection.copy_records_to_table(
        "exchange_checklist",
        columns=("exchange_id", "place", "item", "participant", "done_on"),
        records=[
            (exchange.id, place, entry.item, entry.participant, entry.done_on)
            for place, entry in enumerate(exchange.checklist, 1)
        ],
    )


async def _whole(connection: Connection, ids: Sequence[UUID]) -> list[Exchange]:
    """The exchanges with all their parts, as they were in one instant."""
    rows = await connection.fetch(
        """
        SELECT e.*,
               array(SELECT p FROM exchange_participants p WHERE p.exchange_id = e.id ORDER BY p.number) AS people,
               array(SELECT c FROM exchange_checklist c WHERE c.exchange_id = e.id ORDER BY c.place) AS checklist,
               array(SELECT a FROM exchange_actions a WHERE a.exchange_id = e.id ORDER BY a.action_id) AS actions
        FROM exchanges e WHERE e.id = ANY($1) ORDER BY e.id
        """,
        ids,
    )
    return [_exchange(row) for row in rows]


def _exchange(row: asyncpg.Record) -> Exchange:
    people = tuple(Participant(p["organisation_id"], Part(p["part"]), p["member_id"]) for p in row["people"])
    return Exchange(
        **{name: row[name] for name in SAME_NAME},
        mode=Mode(row["mode"]),
        themes=tuple(row["themes"]),
        state=State(row["state"]),
        plan=Plan(row["first_day"], row["last_day"], row["online"], people),
        organisations=tuple(row["organisations"]),
        checklist=tuple(ChecklistEntry(Item(c["item"]), c["participant"], c["done_on"]) for c in row["checklist"]),
        before_survey=BeforeSurvey(row["before_survey"]),
        report=_report(row["report"]) if row["report"] else None,
        actions=tuple(OwnedAction(a["action_id"], a["owner_id"], a["due"]) for a in row["actions"]),
    )


def _report(stored: dict[str, Any]) -> Report:
    return Report(
        summary=stored["summary"],
        language=stored["language"],
        recommendations=tuple(stored["recommendations"]),
        conclusions=tuple(stored["conclusions"]),
    )
