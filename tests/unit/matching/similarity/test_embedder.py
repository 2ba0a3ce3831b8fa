"""The embedding process answers, dies and hangs without harm, knows no secret, and outlives nobody."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

from deploy.embedded.endings import left_after
from services.matching.embedder import process
from services.matching.embedder.process import Embedder, EmbedderDied
from services.matching.engine.similarity import model
from services.matching.engine.similarity.codes import unpacked

STARTER = """
import asyncio
from services.matching.embedder.process import Embedder

async def main():
    embedder = Embedder()
    await embedder.embed(["Water"])
    print(embedder.pid, flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("texts", [[], ["Water"], ["", "  \n", "Água e saneamento", "水", "w" * 50_000, 'a "b"\\n c']])
async def test_it_answers_with_what_the_model_says_in_this_process(texts: list[str]) -> None:
    embedder = Embedder()
    vectors = await embedder.embed(texts)
    assert vectors == model.embed(texts)
    assert all(len(unpacked(vector)) for vector in vectors)
    await embedder.stop()


async def test_a_vector_depends_on_its_text_alone() -> None:
    embedder = Embedder()
    alone = await embedder.embed(["Sewers for all"])
    among = await embedder.embed(["Water", "Sewers   for all ", "Buses"])
    await embedder.stop()
    assert alone == [among[1]]


async def test_after_its_death_another_is_started() -> None:
    embedder = Embedder()
    before = await embedder.embed(["Water"])
    assert embedder.pid is not None
    first = psutil.Process(embedder.pid)
    first.kill()
    with pytest.raises(EmbedderDied, match=r"ended with|does not answer"):
        await embedder.embed(["Water"])
    assert await embedder.embed(["Water"]) == before
    assert embedder.pid != first.pid
    await embedder.stop()


async def test_one_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = Embedder()
    await embedder.embed(["Water"])
    assert embedder.pid is not None
    frozen = psutil.Process(embedder.pid)
    os.kill(frozen.pid, signal.SIGSTOP)
    monkeypatch.setattr(process, "ANSWERS_WITHIN", 0.2)
    with pytest.raises(EmbedderDied, match="does not answer"):
        await embedder.embed(["Water"])
    assert not frozen.is_running()
    await embedder.stop()


async def test_it_is_told_no_secret_and_gives_way_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONNECT_POSTGRES_PASSWORD", "nobody's business")
    embedder = Embedder()
    await embedder.embed(["Water"])
    child = psutil.Process(embedder.pid)
    assert not [name for name in child.environ() if name.startswith("CONNECT")]
    assert child.nice() > psutil.Process().nice()
    await embedder.stop()
    assert not child.is_running()


def test_it_ends_with_whoever_started_it_also_by_force() -> None:
    with subprocess.Popen([sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        child = psutil.Process(int(starter.stdout.readline()))
        starter.kill()
    assert not left_after([child], 20), "the embedding process lives on"
