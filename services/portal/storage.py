"""The portal's tables, by intent: facts, cases, organisations, offers and machine clients."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import asyncpg

from services.portal.rules.clients import Client
from services.portal.rules.heard import Fact
from services.portal.rules.parts import Parts
from services.portal.rules.summary import Summary
from services.portal.rules.topics import topics_of
from shared.events.catalogue import entry_of_type
from shared.events.envelope import Envelope
from shared.events.intake import OrganisationRegistered
from shared.postgres.pool import Connection
from shared.primitives.terms import Role

# Who a member is nobody reads here, so the read model does not keep the id either.
NOBODY = str(UUID(int=0))
MEMBER_FIELDS = frozenset({"expert_id", "owner_id", "member_id"})


@dataclass(frozen=True, slots=True)
class Offer:
    """What is known of an offer after an event; None leaves what was known."""

    offer_id: UUID
    is_open: bool
    organisation_id: UUID | None = None
    title: str | None = None
    title_language: str | None = None


async def lock_cases(connection: Connection, case_ids: Iterable[UUID]) -> None:
    """Make the cases that are new, and lock all of them, in the order of their ids."""
    # A row that is there already is locked, whatever the condition says, and is not written.
    await connection.execute(
        """
        INSERT INTO cases (case_id) SELECT unnest($1::uuid[])
        ON CONFLICT (case_id) DO UPDATE SET case_id = excluded.case_id WHERE false
        """,
        sorted(set(case_ids)),
    )


async def add_facts(connection: Connection, events: Sequence[tuple[UUID, Envelope]]) -> None:
    """Keep the events of cases, in their order, without the ids of members."""
    rows = [
        {
            "event_id": envelope.id,
            "case_id": case_id,
            "topic": envelope.entry.topic,
            "subject": envelope.subject,
            "sequence": envelope.sequence,
            "time": envelope.time,
            "type": envelope.entry.type,
            "facts": _without_members(envelope.data.model_dump(mode="json")),
        }
        for case_id, envelope in events
    ]
    await connection.execute(
        """
        INSERT INTO case_facts (event_id, case_id, topic, subject, sequence, time, type, facts)
        SELECT event_id, case_id, topic, subject, sequence, time, type, facts
        FROM ROWS FROM (jsonb_to_recordset($1) AS (
            event_id uuid, case_id uuid, topic text, subject uuid, sequence bigint, time timestamptz, type text,
            facts jsonb))
        WITH ORDINALITY AS r (event_id, case_id, topic, subject, sequence, time, type, facts, place)
        ORDER BY place
        """,
        rows,
    )


def _without_members(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: NOBODY if name in MEMBER_FIELDS else value for name, value in facts.items()}


async def facts_of(connection: Connection, case_ids: Iterable[UUID]) -> Mapping[UUID, list[Fact]]:
    """What was heard of each case, in the order of arrival. A fact that this release can't read is passed over."""
    rows = await connection.fetch(
        """
        SELECT case_id, position, event_id, topic, subject, sequence, time, type, facts
        FROM case_facts WHERE case_id = ANY($1::uuid[]) ORDER BY position
        """,
        list(case_ids),
    )
    found: dict[UUID, list[Fact]] = defaultdict(list)
    for row in rows:
        fact = _fact(row)
        if fact is not None:
            found[row["case_id"]].append(fact)
    return found


def _fact(row: asyncpg.Record) -> Fact | None:
    entry = entry_of_type(row["type"])
    if entry is None:
        return None
    return Fact(
        position=row["position"],
        event_id=row["event_id"],
        topic=row["topic"],
        subject=str(row["subject"]),
        sequence=row["sequence"],
        time=row["time"],
        event=entry.event.model_validate(row["facts"]),
    )


async def save_cases(connection: Connection, cases: Mapping[UUID, tuple[Parts, Summary]]) -> None:
    """Write what was derived of the cases; readers of changes find them."""
    await connection.execute(
        """
        UPDATE cases SET
            reference = r.reference, title = r.title, title_language = r.title_language, state = r.state,
            stage = r.stage, mode = r.mode, requester_id = r.requester_id, offerer_id = r.offerer_id,
            peer_id = r.peer_id, organisations = r.organisations, next_step = r.next_step, next_who = r.next_who,
            next_by = r.next_by, first_day = r.first_day, last_day = r.last_day, was_held = r.was_held,
            practices = r.practices, topics = r.topics, version = cases.version + 1,
            changed_by = pg_current_xact_id(), changed_at = now()
        FROM jsonb_to_recordset($1) AS r (
            case_id uuid, reference text, title text, title_language text, state text, stage text, mode text,
            requester_id uuid, offerer_id uuid, peer_id uuid, organisations uuid[], next_step text, next_who text[],
            next_by date, first_day date, last_day date, was_held boolean, practices integer, topics text[])
        WHERE cases.case_id = r.case_id
        """,
        [_row(case_id, parts, summary) for case_id, (parts, summary) in cases.items()],
    )


def _row(case_id: UUID, parts: Parts, summary: Summary) -> dict[str, object]:
    following = summary.next_step
    return {
        "case_id": str(case_id),  # asyncpg has a class of its own for the ids that it returns
        "reference": parts.application.reference,
        "title": parts.application.title,
        "title_language": parts.application.title_language,
        "state": summary.state,
        "stage": summary.stage,
        "mode": summary.mode,
        "requester_id": summary.requester_id,
        "offerer_id": summary.offerer_id,
        "peer_id": summary.peer_id,
        "organisations": sorted(summary.organisations),
        "next_step": following.step if following else None,
        "next_who": following.who if following else (),
        "next_by": following.by if following else None,
        "first_day": summary.first,
        "last_day": summary.last,
        "was_held": summary.was_held,
        "practices": summary.practices,
        "topics": topics_of(parts.application),
    }


async def cases_without_topics(connection: Connection, limit: int) -> Sequence[UUID]:
    """Some of the cases that were last derived by a release that did not know of topics."""
    rows = await connection.fetch("SELECT case_id FROM cases WHERE topics IS NULL ORDER BY case_id LIMIT $1", limit)
    return [row["case_id"] for row in rows]


async def save_organisations(connection: Connection, organisations: Sequence[OrganisationRegistered]) -> None:
    """Keep the organisations; the cases that name them count as changed, since their pages do."""
    latest = {organisation.organisation_id: organisation for organisation in organisations}
    await connection.execute(
        """
        INSERT INTO organisations (organisation_id, kind, name, country, seat, population)
        SELECT organisation_id, kind, name, country, seat, population FROM jsonb_to_recordset($1) AS r (
            organisation_id uuid, kind text, name text, country text, seat bigint, population bigint)
        ORDER BY organisation_id
        ON CONFLICT (organisation_id) DO UPDATE SET
            kind = excluded.kind, name = excluded.name, country = excluded.country, seat = excluded.seat,
            population = excluded.population
        """,
        [organisation.model_dump(mode="json") for organisation in latest.values()],
    )
    await connection.execute(
        """
        UPDATE cases SET version = version + 1, changed_by = pg_current_xact_id(), changed_at = now()
        WHERE case_id IN (
            SELECT case_id FROM cases WHERE organisations && $1::uuid[] ORDER BY case_id FOR UPDATE)
        """,
        list(latest),
    )


async def save_offer(connection: Connection, offer: Offer) -> None:
    """Keep what is known of an offer."""
    await connection.execute(
        """
        INSERT INTO offers (offer_id, organisation_id, title, title_language, is_open) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (offer_id) DO UPDATE SET
            organisation_id = coalesce(excluded.organisation_id, offers.organisation_id),
            title = coalesce(excluded.title, offers.title),
            title_language = coalesce(excluded.title_language, offers.title_language),
            is_open = excluded.is_open
        """,
        offer.offer_id,
        offer.organisation_id,
        offer.title,
        offer.title_language,
        offer.is_open,
    )


async def replace_clients(connection: Connection, clients: Sequence[Client]) -> None:
    """Make these the registered clients, and no others. Two processes that start at once do it one after the other."""
    await connection.execute("LOCK TABLE clients IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(
        "DELETE FROM clients WHERE client_id <> ALL($1::text[])", [client.client_id for client in clients]
    )
    await connection.executemany(
        """
        INSERT INTO clients (client_id, secret_hash, roles) VALUES ($1, $2, $3)
        ON CONFLICT (client_id) DO UPDATE SET secret_hash = excluded.secret_hash, roles = excluded.roles
        """,
        [(client.client_id, client.secret_hash, sorted(client.roles)) for client in clients],
    )


async def find_client(connection: Connection, client_id: str) -> Client | None:
    """The registered client of that id."""
    row = await connection.fetchrow("SELECT client_id, secret_hash, roles FROM clients WHERE client_id = $1", client_id)
    if row is None:
        return None
    return Client(row["client_id"], row["secret_hash"], frozenset(Role(role) for role in row["roles"]))
