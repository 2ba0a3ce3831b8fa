"""Events that could not be used, kept with their bytes, and the later events of their keys that wait behind them.

A dead letter parks its key (topic and message key), so the order of one aggregate is kept. An operator settles it:
replayed (tried again, then everything that waited behind it, in order) or discarded (given up, then what waited).
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

import asyncpg

from shared.events.dead_letters import DeadLetterSettled, EventDeadLettered
from shared.postgres import inbox
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import UnitOfWork
from shared.streaming import acts
from shared.streaming.message import Broken, Message, Readable

UNREADABLE = ("unreadable", "unknown-version")


async def parked(connection: Connection, places: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these (topic, key) are parked.

    The rows are share-locked until the commit: a settlement that is about to release a key waits, and a batch that
    comes during a settlement waits here, then sees the key released.
    """
    wanted = set(places)
    rows = await connection.fetch(
        """
        SELECT p.topic, p.key FROM parked_keys AS p
        JOIN unnest($1::text[], $2::text[]) AS wanted (topic, key) USING (topic, key)
        ORDER BY p.topic, p.key FOR SHARE OF p
        """,
        [topic for topic, _ in wanted],
        [key for _, key in wanted],
    )
    return {(row[0], row[1]) for row in rows}


async def store_dead(work: UnitOfWork, broken: Broken) -> UUID:
    """Keep the message, park its key and announce it, in the running transaction. Without a key nothing is parked."""
    message = broken.message
    letter_id = await _insert(
        work, message, "dead", broken.event_type, broken.event_id, broken.reason, broken.detail, claimed=broken.readable
    )
    if message.key is not None:
        await work.connection.execute(
            "INSERT INTO parked_keys (topic, key) VALUES ($1, $2) ON CONFLICT DO NOTHING", message.topic, message.key
        )
    announce_dead(work, letter_id, broken)
    return letter_id


def announce_dead(work: UnitOfWork, letter_id: UUID, broken: Broken) -> None:
    """Tell the operators' console."""
    message = broken.message
    work.announce(
        EventDeadLettered(
            dead_letter_id=letter_id,
            service=work.service,
            origin_topic=message.topic,
            origin_partition=message.partition,
            origin_offset=message.offset,
            origin_key=message.key or "",
            event_id=str(broken.event_id) if broken.event_id else None,
            event_type=broken.event_type,
            reason=broken.reason,
            detail=broken.detail,
        ),
        case=None,
    )


async def store_waiting(work: UnitOfWork, item: Readable | Broken) -> None:
    """Keep a message whose key is parked, in the running transaction."""
    if isinstance(item, Readable):
        event_type, event_id = item.envelope.entry.type, item.envelope.id
    else:
        event_type, event_id = item.event_type or "", item.event_id or item.claim_id
    why = "waits behind a dead letter of its key"
    claimed = isinstance(item, Readable) or item.readable
    await _insert(work, item.message, "waiting", event_type, event_id, "behind", why, claimed=claimed)


async def _insert(
    work: UnitOfWork,
    message: Message,
    state: str,
    event_type: str | None,
    event_id: UUID | None,
    reason: str,
    detail: str,
    *,
    claimed: bool,
) -> UUID:
    letter_id = work.new_id()
    await work.connection.execute(
        """
        INSERT INTO dead_letters (id, state, topic, partition, "offset", key, event_id, event_type,
                                  header_names, header_values, value, reason, detail, event_claimed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """,
        letter_id,
        state,
        message.topic,
        message.partition,
        message.offset,
        message.key,
        event_id,
        event_type,
        [name.replace("\0", "\\x00") for name, _ in message.headers],
        [value for _, value in message.headers],
        message.value,
        reason,
        detail,
        claimed,
    )
    return letter_id


async def recent(connection: Connection, *, minutes: int) -> int:
    """How many unsettled dead letters came within the last minutes."""
    number: int = await connection.fetchval(
        "SELECT count(*) FROM dead_letters WHERE state = 'dead' AND received_at > now() - make_interval(mins => $1)",
        minutes,
    )
    return number


async def counts(connection: Connection) -> dict[str, int]:
    """How many messages are dead and how many wait."""
    rows = await connection.fetch(
        "SELECT state, count(*) FROM dead_letters WHERE state IN ('dead', 'waiting') GROUP BY state"
    )
    return {"dead": 0, "waiting": 0} | {row[0]: row[1] for row in rows}


def message_of(row: asyncpg.Record) -> Message:
    """The message as it came."""
    headers = tuple(zip(row["header_names"], row["header_values"], strict=True))
    return Message(row["topic"], row["partition"], row["offset"], 0, row["key"], headers, row["value"])


async def lock(connection: Connection, letter_id: UUID) -> asyncpg.Record | None:
    """A letter, locked together with its parked key, so that no batch adds to the queue meanwhile."""
    row = await connection.fetchrow("SELECT topic, key FROM dead_letters WHERE id = $1", letter_id)
    if row is None:
        return None
    await connection.execute("SELECT 1 FROM parked_keys WHERE topic = $1 AND key = $2 FOR UPDATE", row[0], row[1])
    return await connection.fetchrow("SELECT * FROM dead_letters WHERE id = $1 FOR UPDATE", letter_id)


async def next_in_line(connection: Connection, topic: str, key: str) -> asyncpg.Record | None:
    """The first unsettled message of a parked key."""
    return await connection.fetchrow(
        """
        SELECT * FROM dead_letters WHERE topic = $1 AND key = $2 AND state IN ('dead', 'waiting')
        ORDER BY position LIMIT 1 FOR UPDATE
        """,
        topic,
        key,
    )


async def release(connection: Connection, topic: str, key: str) -> None:
    """Let the key's later events flow again."""
    await connection.execute("DELETE FROM parked_keys WHERE topic = $1 AND key = $2", topic, key)


async def claim(connection: Connection, row: asyncpg.Record, event_id: UUID) -> bool:
    """Claim the event of a letter that could not be read when it came; False if another copy of it has had its turn.

    A copy that waits further behind gives its claim away, since the first copy's place is the event's place.
    """
    claimed: bool | None = row["event_claimed"]
    if claimed or (claimed is None and row["reason"] not in UNREADABLE):
        return True
    given = await connection.fetch(
        """
        UPDATE dead_letters SET event_claimed = false
        WHERE topic = $1 AND key = $2 AND event_id = $3 AND event_claimed IS NOT false AND id <> $4
              AND state IN ('dead', 'waiting')
        RETURNING id
        """,
        row["topic"],
        row["key"],
        event_id,
        row["id"],
    )
    mine = bool(given) or bool((await inbox.claim(connection, [event_id])).new)
    if mine:
        await connection.execute("UPDATE dead_letters SET event_claimed = true WHERE id = $1", row["id"])
    return mine


async def mark_dead(connection: Connection, letter_id: UUID, reason: str, detail: str) -> None:
    """A message that waited has become a dead letter itself."""
    await connection.execute(
        "UPDATE dead_letters SET state = 'dead', reason = $2, detail = $3 WHERE id = $1", letter_id, reason, detail
    )


async def settle(work: UnitOfWork, row: asyncpg.Record, outcome: acts.Outcome, why: str) -> None:
    """Record who settled the letter, when and why; announce it if it was dead rather than waiting."""
    await work.connection.execute(
        "UPDATE dead_letters SET state = $2, settled_at = $3, settled_by = $4, settled_why = $5 WHERE id = $1",
        row["id"],
        outcome,
        work.now,
        work.actor.account,
        why,
    )
    await acts.record(work, row["id"], outcome, why)
    if row["state"] == "dead":
        work.announce(
            DeadLetterSettled.model_validate(
                {
                    "dead_letter_id": row["id"],
                    "service": work.service,
                    "outcome": outcome,
                    "by": work.actor.account,
                    "why": why,
                    "at": work.now,
                }
            ),
            case=None,
        )


async def show(connection: Connection, letter_id: UUID) -> asyncpg.Record | None:
    """A letter with its message."""
    return await connection.fetchrow("SELECT * FROM dead_letters WHERE id = $1", letter_id)


async def listed(connection: Connection, *, state: str | None, limit: int) -> Sequence[asyncpg.Record]:
    """Letters without their payloads, oldest first."""
    rows: Sequence[asyncpg.Record] = await connection.fetch(
        """
        SELECT id, position, state, topic, partition, "offset", key, event_id, event_type, reason, detail,
               received_at, settled_at, settled_by, settled_why
        FROM dead_letters
        WHERE ($1::text IS NULL AND state IN ('dead', 'waiting')) OR state = $1
        ORDER BY position LIMIT $2
        """,
        state,
        limit,
    )
    return rows
