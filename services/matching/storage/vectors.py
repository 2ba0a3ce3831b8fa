"""Vectors of titles: which are wanted, and those that are there."""

from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from services.matching.engine.similarity.titles import Kind, Title
from shared.postgres.pool import Connection
from shared.postgres.session_lock import held

# Every title that counts, with what tells whether its vector is of this text.
TITLES = """
    SELECT kind, id, language, text, sha256(convert_to(text, 'UTF8')) AS text_hash FROM (
        SELECT 'application' AS kind, application_id AS id,
               application ->> 'title_language' AS language, application ->> 'title' AS text FROM searches
        UNION ALL
        SELECT 'offer', offer_id, title_language, title FROM offers WHERE state <> 'closed') AS titles
"""
AT_ONCE = 500  # taking them in holds others up for 10 ms or so


@dataclass(frozen=True, slots=True)
class Wanted:
    """A title whose vector is missing, of another model, or of another text."""

    title: Title
    language: str
    text: str
    text_hash: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored for a title. `vector` None: nothing is to be known of it any more."""

    title: Title
    model: str
    language: str
    vector: bytes | None


def embedding(connection: Connection) -> AbstractAsyncContextManager[bool]:
    """Hold the lock of whoever embeds titles, on this connection; false if another one does."""
    return held(connection, "titles embedded")


async def wanted(connection: Connection, model: str, most: int) -> tuple[list[Wanted], int]:
    """Titles that this model is to embed, those of applications first, and how many there are in all.

    Every title is compared with what is stored of it: with 200,000 of them that takes half a second.
    """
    rows = await connection.fetch(
        f"""
        SELECT t.*, count(*) OVER () AS waiting
        FROM ({TITLES}) AS t LEFT JOIN title_vectors AS v ON v.kind = t.kind AND v.id = t.id
        WHERE v.vector IS NULL OR v.model <> $1 OR v.language <> t.language OR v.text_hash <> t.text_hash
        ORDER BY t.kind, t.id LIMIT $2
        """,  # noqa: S608  # the titles are the constant above
        model,
        most,
    )
    found = [Wanted(_title(row), row["language"], row["text"], row["text_hash"]) for row in rows]
    return found, rows[0]["waiting"] if rows else 0


async def number_of_titles(connection: Connection) -> int:
    """How many titles are to have a vector."""
    number: int = await connection.fetchval(
        "SELECT (SELECT count(*) FROM searches) + (SELECT count(*) FROM offers WHERE state <> 'closed')"
    )
    return number


async def save(connection: Connection, model: str, embedded: Iterable[tuple[Wanted, bytes]]) -> None:
    """Store vectors with the texts that they were made of: a title that has changed meanwhile is wanted again."""
    await connection.executemany(
        """
        INSERT INTO title_vectors (kind, id, model, language, text_hash, vector) VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (kind, id) DO UPDATE SET model = excluded.model, language = excluded.language,
            text_hash = excluded.text_hash, vector = excluded.vector, changed_in = excluded.changed_in
        """,
        [(*one.title, model, one.language, one.text_hash, vector) for one, vector in embedded],
    )


async def forget(connection: Connection, titles: Collection[Title]) -> None:
    """Take these vectors out; those whose titles still count are then wanted again."""
    await connection.execute(
        """
        UPDATE title_vectors SET vector = NULL, changed_in = pg_current_xact_id()::text::bigint
        WHERE (kind, id) IN (SELECT * FROM unnest($1::text[], $2::uuid[])) AND vector IS NOT NULL
        """,
        [title.kind for title in titles],
        [title.id for title in titles],
    )


async def closed(connection: Connection, most: int) -> list[Title]:
    """Offers that are gone for good and still have a vector, so many at most."""
    rows = await connection.fetch(
        """
        SELECT v.kind, v.id FROM title_vectors AS v JOIN offers AS o ON o.offer_id = v.id
        WHERE v.kind = 'offer' AND v.vector IS NOT NULL AND o.state = 'closed' LIMIT $1
        """,
        most,
    )
    return [_title(row) for row in rows]


async def kept(connection: Connection, since: int = 0) -> AsyncIterator[list[Kept]]:
    """What was stored or taken out in transactions from this number on, in portions; from 0: everything."""
    rows = connection.cursor("SELECT * FROM title_vectors WHERE changed_in >= $1", since, prefetch=AT_ONCE)
    portion = []
    async for row in rows:
        portion.append(Kept(_title(row), row["model"], row["language"], row["vector"]))
        if len(portion) == AT_ONCE:
            yield portion
            portion = []
    yield portion


async def languages_of_open(connection: Connection, offer_ids: Collection[UUID]) -> dict[UUID, str]:
    """Those of these offers that are not gone for good, each with the language of its title."""
    rows = await connection.fetch(
        "SELECT offer_id, title_language FROM offers WHERE state <> 'closed' AND offer_id = ANY($1)", list(offer_ids)
    )
    return {row["offer_id"]: row["title_language"] for row in rows}


def _title(row: asyncpg.Record) -> Title:
    return Title(Kind(row["kind"]), row["id"])
