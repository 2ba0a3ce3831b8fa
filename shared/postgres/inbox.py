"""The inbox: event ids that were claimed together with the effects of their events.

Relies on: READ COMMITTED, so that whoever has waited for another's claim sees what that one has committed (a stricter
level would refuse the transaction instead); every transaction claiming its ids at once and in their order.
"""

from collections.abc import Sequence
from datetime import timedelta
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from shared.postgres.pool import Connection

# An id must be remembered for longer than its event can come again: Kafka keeps events for 7 days, and for as many more
# until their segment is closed.
RETENTION = timedelta(days=14)
PRUNE_AT_ONCE = 10_000
BY_NUMBER = attrgetter("int")  # ids compare so, too, but one by one in Python


class Claim(NamedTuple):
    """Ids that were new, and whether any key was parked when the claim began.

    If fewer ids are new than were claimed, another transaction may have ended meanwhile and parked a key: look again.
    """

    new: set[UUID]
    anything_parked: bool


async def claim(connection: Connection, event_ids: Sequence[UUID]) -> Claim:
    """Claim the ids in the running transaction, and look for parked keys in the same question.

    If another transaction has claimed an id and not committed yet, this waits for it. Ids are sorted, so that two
    consumers that hold the same events for a moment (after a rebalance) wait for each other in one order only.
    """
    row = await connection.fetchrow(
        """
        WITH claimed AS (
            INSERT INTO inbox (event_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING event_id)
        SELECT ARRAY(SELECT event_id FROM claimed), EXISTS (SELECT FROM parked_keys)
        """,
        sorted(set(event_ids), key=BY_NUMBER),
    )
    assert row is not None
    return Claim(set(row[0]), row[1])


async def prune(connection: Connection, retention: timedelta = RETENTION) -> int:
    """Forget old ids, at most 10,000 at a time; returns how many."""
    status = await connection.execute(
        """
        DELETE FROM inbox WHERE event_id IN (
            SELECT event_id FROM inbox WHERE received_at < now() - $1::interval LIMIT $2)
        """,
        retention,
        PRUNE_AT_ONCE,
    )
    return int(status.rsplit(" ", 1)[1])
