"""One case."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.portal import storage
from services.portal.queries.organisations import organisations
from services.portal.queries.values import CaseDetail, OfferTitle
from services.portal.rules.heard import parts_of
from services.portal.rules.summary import summarise
from services.portal.rules.timeline import told_in_order
from shared.postgres.pool import Connection
from shared.primitives.errors import NotFound


async def case_id_of(connection: Connection, key: str) -> UUID:
    """The case with this reference or id. Raises NotFound."""
    found: UUID | None = await connection.fetchval("SELECT case_id FROM cases WHERE reference = $1", key.upper())
    if found is None and (case_id := _uuid(key)) is not None:
        found = await connection.fetchval("SELECT case_id FROM cases WHERE case_id = $1", case_id)
    if found is None:
        raise NotFound("unknown-case", "There is no case with this reference or id, or nothing was heard of it yet.")
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def case_detail(connection: Connection, case_id: UUID) -> CaseDetail:
    """The whole case. Raises NotFound."""
    # The version is read first: if the facts are newer than it, the page is told of a change that it has already.
    version = await case_version(connection, case_id)
    facts = (await storage.facts_of(connection, [case_id])).get(case_id, [])
    parts = parts_of(facts)
    summary = summarise(parts)
    offers = {proposal.offer_id for proposal in parts.proposals} - {None}
    return CaseDetail(
        case_id=case_id,
        version=version,
        parts=parts,
        summary=summary,
        timeline=told_in_order(facts),
        organisations=await organisations(connection, summary.organisations),
        offers=await _offer_titles(connection, [offer for offer in offers if offer is not None]),
    )


async def case_version(connection: Connection, case_id: UUID) -> int:
    """The version of a case. Raises NotFound."""
    version: int | None = await connection.fetchval("SELECT version FROM cases WHERE case_id = $1", case_id)
    if version is None:
        raise NotFound("unknown-case", "There is no case with this id, or nothing was heard of it yet.")
    return version


async def _offer_titles(connection: Connection, ids: Iterable[UUID]) -> Mapping[UUID, OfferTitle]:
    rows = await connection.fetch(
        """
        SELECT offer_id, title, title_language FROM offers
        WHERE offer_id = ANY($1::uuid[]) AND title IS NOT NULL AND title_language IS NOT NULL
        """,
        list(ids),
    )
    return {row[0]: OfferTitle(row[1], row[2]) for row in rows}
