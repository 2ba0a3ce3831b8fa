"""The home page, and the way to it from an address without a language."""

import asyncio
import sqlite3
from collections.abc import Sequence
from functools import lru_cache

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from services.portal import queries
from services.portal.pages import atlas
from services.portal.pages.render import HEADERS, page
from services.portal.pages.speech import speech_for
from services.portal.pages.views.cards import card
from services.portal.pages.views.common import place
from services.portal.queries import Organisation
from shared.postgres.unit_of_work import Database
from shared.telemetry.logging import get_logger
from shared.wording.speech import preferred

log = get_logger(__name__)

NEWEST = 4


async def doorway(request: Request) -> Response:
    """To the home page in the language that the browser asks for."""
    language = preferred(request.headers.get("Accept-Language"))
    return RedirectResponse(f"/{language}/", 302, {**HEADERS, "Vary": "Accept-Language", "Cache-Control": "no-cache"})


async def home(request: Request) -> Response:
    """What CONNECT is, the journey, the modes, the numbers and the newest cases."""
    spoken = speech_for(request)
    database: Database = request.app.state.database
    async with database.reading() as connection:
        numbers = await queries.numbers(connection)
        newest = await queries.newest_cases(connection, NEWEST)
        pairs = await queries.exchange_pairs(connection, atlas.MAX_ARCS)
    return page(
        request,
        spoken,
        "home.html",
        numbers=numbers,
        cards=[card(spoken, row) for row in newest],
        arcs=await _arcs(pairs),
        sheet=(atlas.WIDTH, atlas.HEIGHT),
        pairs=[(place(spoken, one), place(spoken, other)) for one, other in pairs],
    )


async def _arcs(pairs: Sequence[tuple[Organisation, Organisation]]) -> tuple[atlas.Arc, ...]:
    """The arcs, or none while places can't be looked up: the list beside the map says the same."""
    try:
        return await asyncio.to_thread(_drawn, tuple(pairs))
    except (OSError, sqlite3.Error) as error:
        log.warning("map without arcs", error_type=type(error).__name__)
        return ()


@lru_cache(maxsize=8)
def _drawn(pairs: tuple[tuple[Organisation, Organisation], ...]) -> tuple[atlas.Arc, ...]:
    return atlas.arcs(pairs)
