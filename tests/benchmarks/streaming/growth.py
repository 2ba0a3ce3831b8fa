"""Databases with a past: what an event costs when many have come before it, a row when many have left before it."""

from datetime import timedelta

import asyncpg

from tests.benchmarks.streaming.material import PER_AGGREGATE, fill_outbox

FEW, MANY, VERY_MANY = 10_000, 1_000_000, 10_000_000
PAST = timedelta(days=13)  # the inbox remembers for 14 days
LEFT = 1_000_000
LIMIT = 1800.0  # seconds for one statement

# The server's ids sort by the time of their making as ours do, so an old row lies where it lies in a service of that
# age. The state is as old: one application for each five events, counted as none of the trial's.
OLD_INBOX = """
INSERT INTO inbox (event_id, received_at)
SELECT uuidv7(-age), now() - age
FROM (
    SELECT interval '1 hour' + $1::interval * (1 - n / $2::float8) AS age FROM generate_series(1, $2::int) AS n) AS old
"""
OLD_STATE = """
INSERT INTO requests (application_id, organisation_id, title, participants, sequence, events)
SELECT uuidv7(-age), uuidv7(-age), 'Sanitation strategy', 2, 5, 0
FROM (
    SELECT interval '1 hour' + $1::interval * (1 - n / $2::float8) AS age FROM generate_series(1, $2::int) AS n) AS old
"""
OLD_NUMBERS = """
INSERT INTO outbox_sequences (topic, subject, last)
SELECT 'matching.searches', application_id::text, sequence FROM requests ORDER BY application_id
"""
LEAVING = """
INSERT INTO outbox (event_id, topic, key, headers, value)
SELECT uuidv7(), 'intake.applications', 'an application', '{}', '' FROM generate_series(1, $1::int)
"""


async def fill_past(connection: asyncpg.Connection, events: int) -> None:
    """What so many events leave behind in inbox, state and numbers; what they announced has left."""
    await connection.execute(OLD_INBOX, PAST, events, timeout=LIMIT)
    await connection.execute(OLD_STATE, PAST, events // PER_AGGREGATE, timeout=LIMIT)
    await connection.execute(OLD_NUMBERS, timeout=LIMIT)
    # As autovacuum has left it long ago: otherwise it would begin in the middle of a trial.
    await connection.execute("VACUUM (FREEZE, ANALYZE)", timeout=LIMIT)


async def fill_outbox_after_many(connection: asyncpg.Connection, rows: int) -> None:
    """An outbox that a million rows have left and that nobody has vacuumed since, so their remains lie in front."""
    await connection.execute("ALTER TABLE outbox SET (autovacuum_enabled = false)")
    await connection.execute(LEAVING, LEFT, timeout=LIMIT)
    await connection.execute("DELETE FROM outbox", timeout=LIMIT)
    await fill_outbox(connection, rows)
    await connection.execute("ALTER TABLE outbox RESET (autovacuum_enabled)")
