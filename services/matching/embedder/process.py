"""The embedding process as seen from the one that asks it."""

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

ANSWERS_WITHIN = 60.0  # seconds for a portion of texts, the start included
ENDS_WITHIN = 5.0
LONGEST_ANSWER = 2**20
# All that it is told of its surroundings: where its programs are, and to leave the other processors alone.
PASSED_ON = ("LD_LIBRARY_PATH", "PATH", "PYTHONPATH")


class EmbedderDied(Exception):
    """The process ended, or did not answer, while it had texts; nothing of them is done."""


@dataclass(slots=True)
class Embedder:
    """One embedding process at a time: started with the first texts, and anew after it has died."""

    _process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Its number while there is one."""
        return self._process.pid if self._process else None

    async def embed(self, texts: Sequence[str]) -> list[bytes]:
        """A packed vector for each text. Raises EmbedderDied if the process does not survive them, or hangs."""
        answer = b""
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                answer = await self._ask(json.dumps(texts).encode() + b"\n")
        except (OSError, TimeoutError) as error:
            raise EmbedderDied(f"the embedding process does not answer ({type(error).__name__})") from error
        finally:
            if not answer.endswith(b"\n"):  # also if the caller was cancelled: a late answer must not be the next one's
                ended = await self._end(ENDS_WITHIN if self._has_closed else 0)
        if not answer.endswith(b"\n"):
            raise EmbedderDied(f"the embedding process ended with {ended}")
        return [bytes.fromhex(vector) for vector in json.loads(answer)]

    async def stop(self) -> None:
        """Let the process end, if there is one; the next texts start another."""
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            await self._end(ENDS_WITHIN)

    @property
    def _has_closed(self) -> bool:
        """Whether it will say nothing more, so that its end is near and needs no force."""
        return self._process is not None and self._process.stdout is not None and self._process.stdout.at_eof()

    async def _end(self, within: float) -> int | None:
        """Wait so many seconds for its end, then end it; returns its exit code, None if there is no process."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            async with asyncio.timeout(within):
                return await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):  # it ends in this moment
                process.kill()
            return await process.wait()

    async def _ask(self, question: bytes) -> bytes:
        if self._process is None:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "services.matching.embedder",
                stdin=PIPE,
                stdout=PIPE,
                limit=LONGEST_ANSWER,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(question)
        await self._process.stdin.drain()
        return await self._process.stdout.readline()
