"""Titles get their vectors in the background: looked for every two seconds, embedded in small portions, saved at once.

Nobody waits for it. What is done is stored after each portion, and what is wanted is found by comparing, so whatever
dies in between loses nothing. One process of the service does it at a time.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic

from services.matching.embedder.process import Embedder, EmbedderDied
from services.matching.engine.similarity.codes import BadVector, unpacked
from services.matching.engine.similarity.model import model_name
from services.matching.storage import vectors
from services.matching.storage.vectors import Wanted
from shared.hosting.service import Hosted
from shared.postgres.pool import Connection
from shared.primitives.waiting import wait_for
from shared.telemetry import metrics
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "similarity"
PORTION = 16
AT_A_LOOK = 500
LOOK_EVERY = 2.0
# A look compares every title. Where there are so many that it takes long, there are fewer looks.
SHARE_OF_LOOKING = 0.02
CHECK_EVERY = 3600.0  # seconds until every stored vector is read again, as at the start
TELL_EVERY = 30.0
FIRST_BACKOFF, LAST_BACKOFF = 1.0, 60.0
MOST_TRIES = 3
IDLE = 60.0  # seconds without a title until the embedding process is let go, and its memory with it


@asynccontextmanager
async def titles_embedded(hosted: Hosted) -> AsyncIterator[None]:
    """Work on titles beside the block. Without the model nothing is done, and readiness says so; all else works."""
    model = model_name()
    hosted.readiness.ready(PART, available=int(model is not None))
    if model is None:
        log.info("titles are not compared: the extra `similarity` is not installed")
        yield
        return
    work = asyncio.create_task(TitleWork(hosted, model).run(), name=PART)
    try:
        yield
    finally:
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


@dataclass(slots=True)
class TitleWork:
    """The work of one process. `_tries`: how often the embedding process has died with a title in hand."""

    hosted: Hosted
    model: str
    embedder: Embedder = field(default_factory=Embedder)
    _tries: Counter[Wanted] = field(default_factory=Counter)
    _backoff: float = FIRST_BACKOFF
    _checked_at: float | None = None
    _told_at: float = 0.0
    _worked_at: float = field(default_factory=monotonic)

    async def run(self) -> None:
        """Look and work until the process is to end. Whatever fails is logged, and tried again after a while."""
        stopping = self.hosted.stopping
        try:
            while not stopping.is_set():
                try:
                    wait = await self.look()
                except Exception as error:  # noqa: BLE001  whatever it was, proposals must not suffer from it
                    wait, self._backoff = self._backoff, min(self._backoff * 2, LAST_BACKOFF)
                    log.warning(
                        "titles are not embedded for now", reason=str(error), error=error, again_in_seconds=wait
                    )
                await wait_for(stopping, wait)
        finally:
            await self.embedder.stop()

    async def look(self) -> float:
        """Embed what is wanted, some hundred titles at most; returns how many seconds to wait before the next look."""
        async with self.hosted.database.pool.acquire() as connection, vectors.embedding(connection) as mine:
            return await self._look(connection) if mine else LOOK_EVERY

    async def _look(self, connection: Connection) -> float:
        begun = monotonic()
        await self._check(connection)
        await vectors.forget(connection, await vectors.closed(connection, AT_A_LOOK))
        found, waiting = await vectors.wanted(connection, self.model, AT_A_LOOK)
        titles = await vectors.number_of_titles(connection)
        looked = monotonic() - begun
        self._tell(waiting, titles)
        able = [one for one in found if self._tries[one] < MOST_TRIES]
        for portion in _portions(able, self._tries):
            if self.hosted.stopping.is_set():
                break
            await self._embed(connection, portion)
            waiting -= len(portion)
            self._tell(waiting, titles)
        if not able and monotonic() - self._worked_at > IDLE:
            await self.embedder.stop()
        more = bool(able) and waiting > len(found) - len(able)
        return 0.0 if more else max(LOOK_EVERY, looked / SHARE_OF_LOOKING)

    async def _embed(self, connection: Connection, portion: Sequence[Wanted]) -> None:
        try:
            made = await self.embedder.embed([one.text for one in portion])
        except EmbedderDied:
            self._count_death(portion)
            raise
        async with connection.transaction():
            await vectors.save(connection, self.model, zip(portion, made, strict=True))
        self._backoff, self._worked_at = FIRST_BACKOFF, monotonic()

    def _count_death(self, portion: Sequence[Wanted]) -> None:
        metrics.EMBEDDER_DEATHS.labels(self.hosted.service).inc()
        self._tries.update(portion)
        for one in portion:
            if self._tries[one] == MOST_TRIES:
                log.error("a title is left out: it ends what embeds it", kind=one.title.kind, id=one.title.id)

    async def _check(self, connection: Connection) -> None:
        """Take out stored vectors that are none, so that they are made again."""
        if self._checked_at is not None and monotonic() - self._checked_at < CHECK_EVERY:
            return
        async with connection.transaction():
            refused = [
                one.title async for some in vectors.kept(connection) for one in some if not _is_sound(one.vector)
            ]
            await vectors.forget(connection, refused)
        if refused:
            log.error("stored vectors were refused and are made again", number=len(refused), first=refused[0].id)
        self._checked_at = monotonic()

    def _tell(self, waiting: int, titles: int) -> None:
        """Show how far the work is: at each look, and in the log when a stretch of work ends or lasts."""
        embedded = max(0, titles - waiting)
        metrics.TITLES.labels(self.hosted.service, "embedded").set(embedded)
        metrics.TITLES.labels(self.hosted.service, "waiting").set(waiting)
        before = self.hosted.readiness.parts[PART].figures.get("waiting", 0)
        self.hosted.readiness.ready(PART, available=1, titles=titles, embedded=embedded, waiting=waiting)
        if waiting < before and (not waiting or monotonic() - self._told_at > TELL_EVERY):
            log.info("titles embedded", embedded=embedded, titles=titles)
            self._told_at = monotonic()


def _portions(found: Sequence[Wanted], tries: Counter[Wanted]) -> Iterator[Sequence[Wanted]]:
    """Small portions; those with which the embedding process has died before go alone, at the end."""
    fresh = [one for one in found if not tries[one]]
    for at in range(0, len(fresh), PORTION):
        yield fresh[at : at + PORTION]
    for one in found:
        if tries[one]:
            yield [one]


def _is_sound(vector: bytes | None) -> bool:
    try:
        return vector is None or len(unpacked(vector)) > 0
    except BadVector:
        return False
