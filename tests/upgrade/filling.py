"""Rows for every table of a database, whatever its columns: made from what PostgreSQL's catalogue says of them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from shared.postgres.pool import Connection


def _some_days(number: int) -> asyncpg.Range:
    return asyncpg.Range(date(2026, 1, 1) + timedelta(days=number), date(2026, 1, 2) + timedelta(days=number))


# One value per type and number. Equal numbers give equal values, so references between tables meet.
VALUES: Mapping[str, Any] = {
    "uuid": lambda n: UUID(int=n),
    "text": lambda n: f"text {n}",
    "character": lambda n: f"{n:02}",
    "bigint": lambda n: n,
    "integer": lambda n: n,
    "smallint": lambda n: n,
    "double precision": float,
    "real": float,
    "boolean": lambda n: n % 2 == 0,
    "date": lambda n: date(2026, 1, 1) + timedelta(days=n),
    "timestamp with time zone": lambda n: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=n),
    "bytea": lambda n: bytes([n]),
    "jsonb": lambda n: {"number": n},
    "xid8": lambda n: n,
    "daterange": _some_days,
    "datemultirange": lambda n: [_some_days(n)],
}
ONE_OF = re.compile(r"\((\w+) = ANY \(ARRAY\[(.+?)\]\)\)")

COLUMNS = """
    SELECT c.relname AS table, a.attname AS column, format_type(a.atttypid, NULL) AS type, a.attnotnull AS required
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND c.relname <> 'schema_migrations'
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
    ORDER BY c.relname, a.attnum
"""
# Foreign keys, checks over several columns, and lists of words that are shorter than the rows are many.
REFUSED = (asyncpg.ForeignKeyViolationError, asyncpg.CheckViolationError, asyncpg.UniqueViolationError)
CHECKS = """
    SELECT conrelid::regclass::text AS table, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'c' AND connamespace = 'public'::regnamespace
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that a release writes. `words` are the only ones that it may hold, if there is such a list."""

    name: str
    type: str
    required: bool
    words: tuple[str, ...] = ()

    def value(self, number: int) -> Any:
        """The value of the row with this number."""
        if self.words:
            return self.words[number % len(self.words)]
        element = self.type.removesuffix("[]")
        one = VALUES[element](number)
        return one if element == self.type else [one]


Tables = Mapping[str, tuple[Column, ...]]


async def tables_of(connection: Connection) -> Tables:
    """Every table of ours with the columns that are written."""
    words: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in await connection.fetch(CHECKS):
        for column, listed in ONE_OF.findall(row["definition"]):
            words[row["table"], column] = tuple(re.findall(r"'([^']*)'", listed))
    found: dict[str, list[Column]] = {}
    for table, column, kind, required in await connection.fetch(COLUMNS):
        found.setdefault(table, []).append(Column(column, kind, required, words.get((table, column), ())))
    return {table: tuple(columns) for table, columns in found.items()}


async def fill(connection: Connection, tables: Tables, numbers: range) -> None:
    """Write rows of these numbers into each table; a table that refers to another is written after it.

    A row that a constraint refuses is written with its required columns only, or left out; every table gets some.
    """
    left = list(tables)
    while left:
        waiting = [table for table in left if not await _write_some(connection, table, tables[table], numbers)]
        assert len(waiting) < len(left), f"not one row can be made for {waiting}"
        left = waiting


async def _write_some(connection: Connection, table: str, columns: Sequence[Column], numbers: range) -> bool:
    required = [column for column in columns if column.required]
    written = 0
    for number in numbers:
        for chosen in (columns, required):
            if await _write(connection, table, chosen, number):
                written += 1
                break
    return written > 0


async def _write(connection: Connection, table: str, columns: Sequence[Column], number: int) -> bool:
    names = ", ".join(f'"{column.name}"' for column in columns)
    places = ", ".join(f"${place}" for place in range(1, len(columns) + 1))
    values = [column.value(number) for column in columns]
    try:
        async with connection.transaction():
            await connection.execute(f'INSERT INTO "{table}" ({names}) VALUES ({places})', *values)  # noqa: S608
    except REFUSED:
        return False
    return True


async def contents(connection: Connection, tables: Tables) -> dict[str, dict[str, list[Any]]]:
    """What stands in these columns, by table and column; each column in an order of its own."""
    found: dict[str, dict[str, list[Any]]] = {}
    for table, columns in tables.items():
        names = ", ".join(f'"{column.name}"::text' for column in columns)
        rows = await connection.fetch(f'SELECT {names} FROM "{table}"')  # noqa: S608
        found[table] = {
            column.name: sorted(map(str, values))
            for column, values in zip(columns, zip(*rows, strict=True), strict=True)
        }
    return found
