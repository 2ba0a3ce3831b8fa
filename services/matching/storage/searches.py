"""Searches, one per application."""

from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from uuid import UUID

import asyncpg

from services.matching.engine.relaxing import Relaxation
from services.matching.engine.values import Candidate
from services.matching.rules.desk import OpenSearchView
from services.matching.rules.policy import USUAL
from services.matching.rules.proposals import OPEN, UNPUBLISHED, Proposal
from services.matching.rules.searches import AT_AN_END, UNPROPOSED, Call, Search, SearchState
from services.matching.storage.proposal_rows import COLUMNS, as_json
from shared.events.intake import ApplicationValidated
from shared.events.matching import FilteredOut
from shared.postgres.pool import Connection

AT_ONCE = 100
# The programme that an application names. The pinned policy may be the usual one's: see `rules.policy.newest`.
PROGRAMME = f"coalesce(s.application ->> 'programme', '{USUAL}')"
# Whether a search that has found nobody is worth another look for an offer: the two share what the filter `knowledge`
# wants, see `engine.filters.knows_something_of_it`.
RESTARTED_BY = """
    s.state IN ('no-match', 'called') AND (
        s.themes && {themes} OR s.dac && {dac} OR 'knowledge' = ANY (s.relax) AND EXISTS (
            SELECT FROM unnest(s.dac) AS sought JOIN unnest({dac}) AS known ON left(sought, 3) = left(known, 3)))
"""
# Whether a search takes an offer that answers its application: it has no match, or proposals without this offer.
TAKES_ANSWER = """
    (s.state IN ('no-match', 'called') OR s.state = 'proposed' AND NOT EXISTS (
        SELECT FROM proposals p WHERE p.application_id = s.application_id AND p.offer_id = {offer}))
"""


async def add_search(connection: Connection, search: Search, sequence: int, found: Iterable[Proposal]) -> bool:
    """Store a new search, without a call, and its proposals. False, and nothing, if this application has one already.

    In one statement: who has just validated an application waits for its proposals.
    """
    added: bool = await connection.fetchval(
        f"""
        WITH opened AS (
            INSERT INTO searches (application_id, application, themes, dac, state, policy, number, considered, filtered,
                                  sequence)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING RETURNING true),
        found AS (
            INSERT INTO proposals ({COLUMNS})
            SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::proposals, $11) WHERE EXISTS (SELECT FROM opened))
        SELECT EXISTS (SELECT FROM opened)
        """,  # noqa: S608  # the names are a constant
        search.application_id,
        search.application.model_dump(mode="json"),
        list(search.application.themes),
        list(search.application.dac),
        search.state,
        search.policy,
        search.number,
        search.considered,
        [one.model_dump() for one in search.filtered],
        sequence,
        as_json(found),
    )
    return added


async def sequence_of(connection: Connection, application_id: UUID) -> int:
    """The number of the event that opened this search."""
    sequence: int = await connection.fetchval("SELECT sequence FROM searches WHERE application_id = $1", application_id)
    return sequence


async def load_search(connection: Connection, application_id: UUID) -> Search | None:
    """A search as it is, without a lock."""
    row = await connection.fetchrow("SELECT * FROM searches WHERE application_id = $1", application_id)
    return search_of(row) if row else None


async def lock_search(connection: Connection, application_id: UUID) -> Search | None:
    """A search, locked until the commit. Lock it before its proposals, and those before an offer."""
    row = await connection.fetchrow("SELECT * FROM searches WHERE application_id = $1 FOR UPDATE", application_id)
    return search_of(row) if row else None


async def save_search(connection: Connection, search: Search) -> None:
    """Store what changes in a search."""
    await connection.execute(
        """
        UPDATE searches SET state = $2, number = $3, considered = $4, filtered = $5, called_associations = $6,
            called_languages = $7, call_closes_on = $8, relax = $9, updated_at = now()
        WHERE application_id = $1
        """,
        search.application_id,
        search.state,
        search.number,
        search.considered,
        [one.model_dump() for one in search.filtered],
        list(search.call.associations) if search.call else None,
        list(search.call.languages) if search.call else None,
        search.call.closes_on if search.call else None,
        sorted(search.relax),
    )


async def searches_for(connection: Connection, candidate: Candidate) -> list[Search]:
    """Searches that an offer could serve now, without locks, in the order of their applications.

    Those without a match that share a theme or a DAC code with it, or a sector where that is enough; and the one that
    it answers, unless that has proposals and this offer is or was one of them.
    """
    rows = await connection.fetch(
        f"""
        SELECT * FROM searches s
        WHERE ({RESTARTED_BY.format(themes="$1::text[]", dac="$2::text[]")})
           OR (s.application_id = $3 AND {TAKES_ANSWER.format(offer="$4")})
        ORDER BY s.application_id
        """,  # noqa: S608  # the conditions are the constants above
        list(candidate.themes),
        list(candidate.dac),
        candidate.answers,
        candidate.offer_id,
    )
    return [search_of(row) for row in rows]


async def pairs_unseen(connection: Connection, within: timedelta) -> dict[UUID, list[UUID]]:
    """Per application the active offers that changed lately and that `searches_for` would bring to it now."""
    rows = await connection.fetch(
        f"""
        WITH changed AS (SELECT * FROM offers WHERE changed_at > now() - $1::interval AND state = 'active'),
        pairs AS (
            SELECT s.application_id, o.offer_id
            FROM changed o JOIN searches s ON {RESTARTED_BY.format(themes="o.themes", dac="o.dac")}
            UNION
            SELECT s.application_id, o.offer_id
            FROM changed o JOIN searches s ON s.application_id = o.answers
            WHERE {TAKES_ANSWER.format(offer="o.offer_id")})
        SELECT application_id, array_agg(offer_id ORDER BY offer_id) AS offers
        FROM pairs GROUP BY application_id ORDER BY application_id
        """,  # noqa: S608  # the conditions are the constants above
        within,
    )
    return {row["application_id"]: row["offers"] for row in rows}


async def open_searches(
    connection: Connection,
    state: SearchState | None,
    programme: str | None,
    reference: str | None,
    after: UUID | None,
    limit: int,
) -> list[OpenSearchView]:
    """Searches that are not at their end, or that of a reference, in the order of their applications."""
    rows = await connection.fetch(
        f"""
        SELECT s.application_id, s.state, s.number, s.considered, {PROGRAMME} AS programme,
               s.application ->> 'reference' AS reference, s.application ->> 'title' AS title,
               s.application ->> 'title_language' AS title_language,
               s.application -> 'organisation' ->> 'country' AS country,
               p.unpublished, p.open
        FROM searches s CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE p.state = ANY($5)) AS unpublished,
                   count(*) FILTER (WHERE p.state = ANY($6)) AS open
            FROM proposals p WHERE p.application_id = s.application_id) AS p
        WHERE (s.application ->> 'reference' = $7 OR $7 IS NULL AND s.state <> ALL($8))
          AND (s.state = $1 OR $1 IS NULL) AND ({PROGRAMME} = $2 OR $2 IS NULL)
          AND (s.application_id > $3 OR $3 IS NULL)
        ORDER BY s.application_id LIMIT $4
        """,  # noqa: S608  # the expression is the constant above
        state,
        programme,
        after,
        limit,
        list(UNPUBLISHED),
        list(OPEN),
        reference,
        list(AT_AN_END),
    )
    return [OpenSearchView.model_validate(dict(row)) for row in rows]


async def unproposed(connection: Connection, programme: str) -> AsyncIterator[Search]:
    """The searches of a programme of which nothing is proposed, in the order of their applications."""
    rows = connection.cursor(
        f"""
        SELECT s.* FROM searches s WHERE s.state = ANY($2) AND {PROGRAMME} = $1 ORDER BY s.application_id
        """,  # noqa: S608  # the expression is the constant above
        programme,
        list(UNPROPOSED),
        prefetch=AT_ONCE,
    )
    async for row in rows:
        yield search_of(row)


async def newest_open(connection: Connection, programme: str, limit: int) -> list[Search]:
    """The searches of a programme that are not at their end, those that were opened last first."""
    rows = await connection.fetch(
        f"""
        SELECT s.* FROM searches s WHERE s.state <> ALL($3) AND {PROGRAMME} = $1
        ORDER BY s.application_id DESC LIMIT $2
        """,  # noqa: S608  # the expression is the constant above
        programme,
        limit,
        list(AT_AN_END),
    )
    return [search_of(row) for row in rows]


def search_of(row: asyncpg.Record) -> Search:
    """A row of the table as a search."""
    call = None
    if row["call_closes_on"] is not None:
        call = Call(tuple(row["called_associations"]), tuple(row["called_languages"]), row["call_closes_on"])
    return Search(
        application=ApplicationValidated.model_validate(row["application"]),
        state=SearchState(row["state"]),
        policy=row["policy"],
        number=row["number"],
        considered=row["considered"],
        filtered=tuple(FilteredOut.model_validate(one) for one in row["filtered"]),
        call=call,
        relax=frozenset(map(Relaxation, row["relax"])),
    )
