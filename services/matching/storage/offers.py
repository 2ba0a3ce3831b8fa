"""The index of offers, and what is reserved of them."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg

from services.matching.engine.values import Candidate, Days, Place
from services.matching.rules.calendar import LAST_DAY
from services.matching.rules.desk import Titled
from services.matching.rules.reading import association_of, levels, place_of
from shared.events.base import LanguageSkill, Window
from shared.events.intake import OfferChanged, OfferPublished
from shared.postgres.pool import Connection
from shared.primitives.terms import Level, Mode, Position

ONE_DAY = timedelta(days=1)

RATINGS = "coalesce(t.ratings, 0) AS ratings, coalesce(t.rating_total, 0) AS rating_total"
COUNTED = "count(*) AS answered, count(*) FILTER (WHERE answer = 'accepted') AS accepted"
ABOUT_OFFERS = "FROM answers WHERE side = 'offerer' AND about_offer"
CANDIDATES = f"""
    SELECT o.*, {RATINGS},
           ARRAY(SELECT b.days FROM bookings b WHERE b.member_id = o.member_id ORDER BY b.days) AS booked,
           a.answered, a.accepted
    FROM offers o LEFT JOIN track_records t USING (member_id)
         CROSS JOIN LATERAL (SELECT {COUNTED} {ABOUT_OFFERS} AND answers.offer_id = o.offer_id) AS a
"""  # noqa: S608  # constants
# The same of all offers: to look bookings and answers up for each of a million takes as long as all the rest.
ALL_CANDIDATES = f"""
    SELECT o.*, {RATINGS}, coalesce(b.booked, '{{}}') AS booked, coalesce(a.answered, 0) AS answered,
           coalesce(a.accepted, 0) AS accepted
    FROM offers o LEFT JOIN track_records t USING (member_id)
         LEFT JOIN (SELECT member_id, array_agg(days ORDER BY days) AS booked FROM bookings GROUP BY member_id) AS b
             USING (member_id)
         LEFT JOIN (SELECT offer_id, {COUNTED} {ABOUT_OFFERS} GROUP BY offer_id) AS a USING (offer_id)
    WHERE o.state <> 'closed'
"""  # noqa: S608  # constants
# An enumeration is asked for its member a million times at a start, and a dictionary answers faster.
MODES = {str(one): one for one in Mode}
POSITIONS = {str(one): one for one in Position}
LEVELS = {str(one): one for one in Level}


async def save_offer(connection: Connection, event: OfferPublished, sequence: int) -> bool:
    """Put a published offer into the index; what is reserved of it stays. False if newer news of it is there."""
    columns = _columns(event) | {"sequence": sequence, "state": "active"}
    names = list(columns)
    applied = await connection.fetchval(
        f"""
        INSERT INTO offers ({", ".join(names)}) VALUES ({", ".join(f"${n}" for n in range(1, len(names) + 1))})
        ON CONFLICT (offer_id) DO UPDATE SET
            {", ".join(f"{name} = excluded.{name}" for name in names)}, changed_at = now()
        WHERE offers.sequence < excluded.sequence
        RETURNING true
        """,  # noqa: S608  # the names are those of `_columns`, none comes from outside
        *columns.values(),
    )
    return bool(applied)


async def change_offer(connection: Connection, event: OfferChanged, sequence: int) -> bool | None:
    """Apply new windows, capacity and whether it is active. None: no such offer; False: newer news of it is there."""
    return await _apply(
        connection,
        """
        UPDATE offers SET state = $3, windows = $4, capacity = $5, sequence = $2, changed_at = now()
        WHERE offer_id = $1 AND sequence < $2 AND state <> 'closed' RETURNING true
        """,
        event.offer_id,
        sequence,
        "active" if event.active else "paused",
        _ranges(event.windows),
        event.capacity,
    )


async def close_offer(connection: Connection, offer_id: UUID, sequence: int) -> bool | None:
    """Take an offer out of the index for good. None: no such offer; False: newer news of it is there."""
    return await _apply(
        connection,
        """
        UPDATE offers SET state = 'closed', sequence = $2, changed_at = now()
        WHERE offer_id = $1 AND sequence < $2 RETURNING true
        """,
        offer_id,
        sequence,
    )


async def in_portions(connection: Connection, at_once: int) -> AsyncIterator[list[Candidate]]:
    """Every offer that is not gone for good, whatever else may rule it out, in portions of so many."""
    rows = connection.cursor(ALL_CANDIDATES, prefetch=at_once)
    portion = []
    async for row in rows:
        portion.append(_candidate(row))
        if len(portion) == at_once:
            yield portion
            portion = []
    yield portion


async def candidates(connection: Connection, offer_ids: Collection[UUID]) -> list[Candidate]:
    """Those of these offers that are not gone for good."""
    rows = await connection.fetch(f"{CANDIDATES} WHERE o.state <> 'closed' AND o.offer_id = ANY($1)", list(offer_ids))
    return [_candidate(row) for row in rows]


async def candidate(connection: Connection, offer_id: UUID) -> Candidate:
    """One offer of the index."""
    return _candidate(await connection.fetchrow(f"{CANDIDATES} WHERE o.offer_id = $1", offer_id))


async def loads(connection: Connection, member_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many exchanges each expert has taken on, over all of their offers."""
    rows = await connection.fetch(
        "SELECT member_id, sum(reserved)::integer FROM offers WHERE member_id = ANY($1) GROUP BY member_id",
        list(member_ids),
    )
    return {row[0]: row[1] for row in rows}


async def titles(connection: Connection, offer_ids: Collection[UUID]) -> dict[UUID, Titled]:
    """What these offers are called."""
    rows = await connection.fetch(
        "SELECT offer_id, title, title_language FROM offers WHERE offer_id = ANY($1)", list(offer_ids)
    )
    return {row["offer_id"]: Titled(row["title"], row["title_language"]) for row in rows}


async def offerer_place(connection: Connection, offer_id: UUID) -> Place:
    """Where an offer comes from, also one that is gone."""
    row = await connection.fetchrow("SELECT country, population FROM offers WHERE offer_id = $1", offer_id)
    return place_of(row["country"], row["population"])


async def offerer_association(connection: Connection, offer_id: UUID) -> UUID | None:
    """The association behind the organisation that offers."""
    association: UUID | None = await connection.fetchval(
        """
        SELECT coalesce(o.association_id, g.association_id)
        FROM offers o LEFT JOIN organisations g USING (organisation_id) WHERE o.offer_id = $1
        """,
        offer_id,
    )
    return association


async def _apply(connection: Connection, statement: str, offer_id: UUID, *values: object) -> bool | None:
    if await connection.fetchval(statement, offer_id, *values):
        return True
    known = await connection.fetchval("SELECT true FROM offers WHERE offer_id = $1", offer_id)
    return False if known else None


def _columns(event: OfferPublished) -> dict[str, Any]:
    return {
        "offer_id": event.offer_id,
        "organisation_id": event.organisation.organisation_id,
        "association_id": association_of(event.organisation),
        "member_id": event.member_id,
        "country": event.organisation.country,
        "population": event.organisation.population,
        "answers": event.answers,
        "title": event.title,
        "title_language": event.title_language,
        "themes": list(event.themes),
        "sdgs": list(event.sdgs),
        "dac": list(event.dac),
        "modes": list(event.modes),
        "position": event.position,
        "years_in_role": event.years_in_role,
        "result_year": event.result_year,
        "languages": _languages(event.languages),
        "windows": _ranges(event.windows),
        "days_a_year": event.days_a_year,
        "capacity": event.capacity,
    }


def _languages(skills: Iterable[LanguageSkill]) -> dict[str, str]:
    return {language: str(level) for language, level in levels(skills).items()}


def _ranges(windows: Sequence[Window]) -> list[asyncpg.Range]:
    return [asyncpg.Range(window.first, min(window.last, LAST_DAY), upper_inc=True) for window in windows]


def _candidate(row: asyncpg.Record) -> Candidate:
    return Candidate(
        offer_id=row["offer_id"],
        organisation_id=row["organisation_id"],
        member_id=row["member_id"],
        place=place_of(row["country"], row["population"]),
        active=row["state"] == "active",
        answers=row["answers"],
        themes=frozenset(row["themes"]),
        sdgs=frozenset(row["sdgs"]),
        dac=frozenset(row["dac"]),
        modes=tuple(MODES[mode] for mode in row["modes"]),
        position=POSITIONS[row["position"]],
        years_in_role=row["years_in_role"],
        languages={language: LEVELS[level] for language, level in row["languages"].items()},
        windows=tuple(days_of(window) for window in row["windows"]),
        days_a_year=row["days_a_year"] or None,  # intake sends 0 where the offer does not say
        capacity=row["capacity"],
        reserved=row["reserved"],
        booked=tuple(days_of(booked) for booked in row["booked"]),
        ratings=row["ratings"],
        rating=row["rating_total"] / row["ratings"] if row["ratings"] else 0.0,
        answered=row["answered"],
        accepted=row["accepted"],
    )


def days_of(found: asyncpg.Range) -> Days:
    """A date range, which PostgreSQL gives without its upper end, as days with both ends."""
    return Days(found.lower, found.upper - ONE_DAY)
