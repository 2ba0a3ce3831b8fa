"""Offers with titles like that of an application, for coordinators."""

from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.similarity.model import model_name
from services.matching.engine.similarity.titles import Kind, Title
from services.matching.rules import access
from services.matching.rules.similar import SimilarOffersView, SimilarOfferView
from services.matching.storage import searches, vectors
from services.matching.storage.remembered import RememberedTitles, remembered_titles
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, require

# Beside those that are asked for, since some may have been closed a moment ago; then four times as many.
SPARE, MORE = 10, 4


@dataclass(frozen=True, slots=True)
class AskSimilar:
    """The `top` open offers whose titles are most like that of an application."""

    application_id: UUID
    top: int


async def similar_offers(work: UnitOfWork, asked: AskSimilar) -> SimilarOffersView:
    """The open offers with the most similar titles, the most alike first."""
    require(access.may(work.actor, "look for similar offers"), "look for similar offers")
    if await searches.load_search(work.connection, asked.application_id) is None:
        raise NotFound("no-such-search", "No peers were searched for an application with this id.")
    title, remembered = Title(Kind.APPLICATION, asked.application_id), remembered_titles(work)
    offers = await _similar_and_open(work.connection, title, asked.top, remembered)
    compared, titles = remembered.number_beside(title), await vectors.number_of_titles(work.connection)
    return SimilarOffersView(
        available=model_name() is not None or compared > 0,
        waiting=offers is None,
        embedded=min(compared, titles),
        titles=titles,
        offers=tuple(offers or ()),
    )


async def _similar_and_open(
    connection: Connection, title: Title, top: int, remembered: RememberedTitles
) -> list[SimilarOfferView] | None:
    """None while the title has no vector."""
    number = top + SPARE
    while (near := await remembered.nearest(connection, title, number)) is not None:
        languages = await vectors.languages_of_open(connection, [one.id for one in near])
        if len(languages) >= top or len(near) < number:
            still_open = [one for one in near if one.id in languages][:top]
            return [
                SimilarOfferView(offer_id=one.id, language=languages[one.id], similarity=round(one.similarity, 3) + 0.0)
                for one in still_open
            ]
        number *= MORE
    return None
