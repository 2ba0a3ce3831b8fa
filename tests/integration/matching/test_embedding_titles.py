"""Titles are embedded in the background by a process of their own: whatever ends, nothing is lost and nobody waits."""

import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import asyncpg
import pytest

from services.matching.embedder.process import Embedder
from services.matching.live import titles, titles_embedded
from services.matching.storage import vectors
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.titles_work import all_embedded, embed_all, embedded, hosted, until, working

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("often")]


async def test_the_score_is_what_it_was_without_vectors(matching: Matching) -> None:
    first, second = an_application(), an_application()
    await matching.hears(an_offer(title=first.title), an_offer(title="Quite another matter"), first)
    await embed_all(matching.database)
    await matching.hears(second)
    before, after = [
        [(one.offer_id, one.score, one.contributions) for one in await matching.proposals(each)]
        for each in (first, second)
    ]
    assert before == after


async def test_nobody_who_proposes_waits_for_titles(matching: Matching) -> None:
    """The embedding process is frozen with a portion in hand; an application comes and gets its proposals."""
    await matching.hears(an_offer())
    async with working(matching.database) as work:
        await until(lambda: all_embedded(matching.database))
        assert work.embedder.pid is not None
        os.kill(work.embedder.pid, signal.SIGSTOP)
        offer, application = an_offer(title="Sewers"), an_application()
        await matching.hears(offer, application)
        assert len(await matching.proposals(application)) == 2
        assert offer.offer_id not in await embedded(matching.database)
        os.kill(work.embedder.pid, signal.SIGCONT)
        await until(lambda: all_embedded(matching.database))


async def test_killing_the_embedding_process_in_mid_work_loses_nothing(matching: Matching) -> None:
    listed = [an_offer(title=f"Water for district {number}") for number in range(200)]
    await matching.hears(*listed)
    killed = 0
    async with working(matching.database) as work:
        for least in (16, 64, 128):

            async def so_many(number: int = least) -> bool:
                return len(await embedded(matching.database)) >= number

            await until(so_many)
            if work.embedder.pid is not None:
                os.kill(work.embedder.pid, signal.SIGKILL)
                killed += 1
        await until(lambda: all_embedded(matching.database))
    assert killed == 3
    undisturbed = Embedder()
    expected = [await undisturbed.embed([one.title for one in listed[at : at + 50]]) for at in range(0, 200, 50)]
    await undisturbed.stop()
    stored = await embedded(matching.database)
    assert [stored[one.offer_id][1] for one in listed] == [vector for some in expected for vector in some]


async def test_a_title_that_ends_the_embedding_process_is_left_out_and_the_others_are_done(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Embedder._ask

    async def deadly(self: Embedder, question: bytes) -> bytes:
        if b"deadly" in question:
            await ask(self, b'["a first text, so that there is a process"]\n')
            assert self.pid is not None
            os.kill(self.pid, signal.SIGKILL)
        return await ask(self, question)

    monkeypatch.setattr(Embedder, "_ask", deadly)
    bad, *good = an_offer(title="A deadly title"), *(an_offer(title=f"Water {number}") for number in range(40))
    await matching.hears(bad, *good)

    async def all_but_one() -> bool:
        return len(await embedded(matching.database)) == len(good)

    async with working(matching.database) as work:
        await until(all_but_one)

        async def left_out() -> bool:
            return max(work._tries.values(), default=0) == titles.MOST_TRIES

        await until(left_out)
    assert bad.offer_id not in await embedded(matching.database)


async def test_a_process_that_ends_leaves_the_rest_to_the_next(matching: Matching) -> None:
    await matching.hears(*(an_offer(title=f"Water for district {number}") for number in range(200)))

    async def some() -> bool:
        return len(await embedded(matching.database)) >= 16

    async with working(matching.database) as work:
        await until(some)
    assert work.embedder.pid is None
    before = await embedded(matching.database)
    assert len(before) < 200
    await embed_all(matching.database)
    after = await embedded(matching.database)
    assert len(after) == 200
    assert before.items() <= after.items()


async def test_of_two_processes_one_embeds(matching: Matching) -> None:
    other = replace(matching.database, memory={})
    async with matching.database.pool.acquire() as connection, AsyncExitStack() as lock:
        assert await lock.enter_async_context(vectors.embedding(connection))
        async with working(other) as work:
            await matching.hears(an_offer())
            assert await work.look() == titles.LOOK_EVERY
            assert await embedded(other) == {}
            await lock.aclose()
            await until(lambda: all_embedded(other))


async def test_another_title_gets_another_vector(matching: Matching) -> None:
    offer, same = an_offer(title="Sewers"), an_offer(title="Sewers")
    await matching.hears(offer, same)
    await embed_all(matching.database)
    first = await embedded(matching.database)
    assert first[offer.offer_id] == first[same.offer_id]
    await matching.hears(offer.model_copy(update={"title": "Buses"}))
    assert not await all_embedded(matching.database)
    await embed_all(matching.database)
    second = await embedded(matching.database)
    assert second[offer.offer_id] != first[offer.offer_id]
    assert second[same.offer_id] == first[same.offer_id]


async def test_progress_is_shown_while_it_goes_on(matching: Matching) -> None:
    await matching.hears(*(an_offer(title=f"Water for district {number}") for number in range(40)))
    process = hosted(matching.database)
    async with titles_embedded(process):
        figures: list[dict[str, float]] = []

        async def done() -> bool:
            figures.append(process.readiness.parts[titles.PART].figures)
            return figures[-1].get("embedded") == 40

        await until(done)
    assert figures[-1] == {"available": 1, "titles": 40, "embedded": 40, "waiting": 0}
    assert any(0 < each.get("embedded", 0) < 40 for each in figures)


async def test_a_database_that_is_away_for_a_moment_ends_nothing(matching: Matching) -> None:
    async with working(matching.database):
        await matching.hears(an_offer())
        await until(lambda: all_embedded(matching.database))
        async with matching.database.pool.acquire() as connection:
            await connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        sewers = an_offer(title="Sewers")

        async def heard() -> bool:
            await matching.hears(sewers)
            return True

        await until(lambda: again(heard))
        await until(lambda: again(lambda: all_embedded(matching.database)))


async def again(ask: Callable[[], Awaitable[bool]]) -> bool:
    """The answer, False where a connection was the one that had been cut."""
    try:
        return await ask()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
