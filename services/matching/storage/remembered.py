"""Vectors of titles in the memory of this process: read when somebody first asks, kept up to what is committed."""

import asyncio
from dataclasses import dataclass, field

from services.matching.engine.similarity.codes import BadVector, unpacked
from services.matching.engine.similarity.titles import Kind, Near, Title, Titles
from services.matching.rules.reading import primary_language
from services.matching.storage import vectors
from services.matching.storage.vectors import Kept
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

MEMORY = "titles"


@dataclass(slots=True)
class RememberedTitles:
    """Vectors by the model that made them: those of different models can't be compared.

    `_seen`: every transaction before this number has come in, or was rolled back.
    """

    _by_model: dict[str, Titles] = field(default_factory=dict)
    _seen: int = 0
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def nearest(self, connection: Connection, title: Title, top: int) -> list[Near] | None:
        """The offers whose titles are most like this one; None while this one has no vector."""
        async with self._turn:
            await self._catch_up(connection)
            titles = self._titles_with(title)
            if titles is None:
                return None
            # In a thread: it is compiled when first needed, and a million titles take 50 ms.
            return await asyncio.to_thread(titles.nearest, title, top, Kind.OFFER)

    def number_beside(self, title: Title) -> int:
        """How many titles can be compared with this one, itself included, or could if it had a vector."""
        titles = self._titles_with(title)
        return len(titles) if titles is not None else max(map(len, self._by_model.values()), default=0)

    def _titles_with(self, title: Title) -> Titles | None:
        return next((titles for titles in self._by_model.values() if title in titles), None)

    async def _catch_up(self, connection: Connection) -> None:
        seen = await connection.fetchval("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
        async for portion in vectors.kept(connection, self._seen):
            for one in portion:
                self._take_in(one)
            await asyncio.sleep(0)
        self._seen = seen

    def _take_in(self, one: Kept) -> None:
        for titles in self._by_model.values():
            titles.remove(one.title)
        if one.vector is None:
            return
        try:
            codes = unpacked(one.vector)
        except BadVector as error:  # whoever embeds titles finds it, too, and makes it again
            log.warning("a stored vector is refused", kind=one.title.kind, id=one.title.id, reason=str(error))
            return
        titles = self._by_model.setdefault(one.model, Titles())
        titles.put(one.title, primary_language(one.language), codes)


def remembered_titles(of: UnitOfWork | Database) -> RememberedTitles:
    """The titles of this process; empty until somebody asks."""
    remembered: RememberedTitles = of.memory.setdefault(MEMORY, RememberedTitles())
    return remembered
