"""Commands that may be sent twice: the first answer is stored with the effects, and given again.

Relies on: the claim being the first statement of the command's transaction, so that the second request has done nothing
yet when it waits; READ COMMITTED, so that after the wait it sees the reply.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from shared.postgres.pool import Connection
from shared.primitives.errors import Rejected

RETENTION = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class StoredReply:
    """What was answered the first time."""

    status: int
    body: bytes


def fingerprint(method: str, path: str, body: bytes) -> bytes:
    """What makes two requests the same command."""
    return hashlib.sha256(b"\0".join((method.encode(), path.encode(), body))).digest()


async def claim(connection: Connection, account: str, key: str, print_: bytes) -> StoredReply | None:
    """Claim the key in the running transaction. Returns the stored reply if the same command was answered before.

    A second request with the same key waits here until the first has committed or rolled back.
    Raises `Rejected` if the key was used for another command.
    """
    fresh = await connection.fetchval(
        """
        INSERT INTO idempotency_keys (account, key, fingerprint) VALUES ($1, $2, $3)
        ON CONFLICT DO NOTHING RETURNING true
        """,
        account,
        key,
        print_,
    )
    if fresh:
        return None
    row = await connection.fetchrow(
        "SELECT fingerprint, status, body FROM idempotency_keys WHERE account = $1 AND key = $2", account, key
    )
    if row is None or row["fingerprint"] != print_:
        raise Rejected(
            "idempotency-key-reused",
            "This Idempotency-Key was used for another command. Send a new key with a new command.",
        )
    return StoredReply(row["status"], row["body"])


async def remember(connection: Connection, account: str, key: str, reply: StoredReply) -> None:
    """Store the reply in the running transaction."""
    await connection.execute(
        "UPDATE idempotency_keys SET status = $3, body = $4 WHERE account = $1 AND key = $2",
        account,
        key,
        reply.status,
        reply.body,
    )


async def prune(connection: Connection) -> int:
    """Forget old replies, at most 10,000 at a time; returns how many."""
    status = await connection.execute(
        """
        DELETE FROM idempotency_keys WHERE (account, key) IN (
            SELECT account, key FROM idempotency_keys WHERE created_at < now() - $1::interval LIMIT 10000)
        """,
        RETENTION,
    )
    return int(status.rsplit(" ", 1)[1])
