"""What is no longer needed goes in small portions, each a transaction of its own."""

from datetime import timedelta

import pytest

from shared.hosting.schedule import run_once
from shared.hosting.upkeep import UPKEEP
from shared.postgres import idempotency, inbox
from tests.conftest import OpenDatabase

PORTION = 10_000


@pytest.mark.parametrize(
    ("task", "table", "retention"),
    [
        ("forget old inbox ids", "inbox", inbox.RETENTION),
        ("forget old replies", "idempotency_keys", idempotency.RETENTION),
    ],
)
async def test_old_rows_go_in_portions_and_young_ones_stay(
    open_database: OpenDatabase, task: str, table: str, retention: timedelta
) -> None:
    """Breaks when one long DELETE holds its locks, its snapshot and the vacuum for as long as it takes, or when what
    can still be needed goes too.
    """
    database = await open_database("shared")
    insert = {
        "inbox": "INSERT INTO inbox SELECT gen_random_uuid(), $2 FROM generate_series(1, $1::integer)",
        "idempotency_keys": "INSERT INTO idempotency_keys SELECT 'somebody', gen_random_uuid()::text, '', 200, '', $2"
        " FROM generate_series(1, $1::integer)",
    }[table]
    now = await database.pool.fetchval("SELECT now()")
    await database.pool.execute(insert, 2 * PORTION + 10, now - retention - timedelta(minutes=1))
    await database.pool.execute(insert, 7, now - retention + timedelta(minutes=1))
    (due,) = [due for due in UPKEEP if due.name == task]
    portions = []
    while portion := await run_once(due, database):
        portions.append(portion)
    assert portions == [PORTION, PORTION, 10]
    assert await database.pool.fetchval(f"SELECT count(*) FROM {table}") == 7  # noqa: S608
