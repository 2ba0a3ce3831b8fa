"""A wire to PostgreSQL that can be cut at the worst moment: when a COMMIT is on its way, or when its answer is.

It follows PostgreSQL's protocol just far enough to know the statements of each connection. Only transactions that have
announced something (they have written to the outbox, in one of the two ways) are counted and cut.
"""

import asyncio
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

HOST = "127.0.0.1"
START_UP = 196608  # protocol 3.0; other first packets ask for encryption
COMMIT, COPY, INSERT = b"COMMIT", b"COPY", b"INSERT INTO outbox ("
COMMITTED = b"COMMIT\0"  # the tag that answers it
ABORTED = (OSError, asyncio.IncompleteReadError)


class Cut(StrEnum):
    """What the server and the program know afterwards: the program always sees a broken connection."""

    BEFORE_COMMIT = "before-commit"  # the server has not got it, and rolls back
    BEFORE_REPLY = "before-reply"  # the server has committed, and nobody is told


@dataclass
class Proxy:
    """Passes connections on. `every` n-th transaction with announcements is cut, `left` times."""

    to_port: int
    cut: Cut
    every: int = 3
    left: int = 5
    port: int = 0
    commits: int = 0
    _links: set[asyncio.StreamWriter] = field(default_factory=set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Proxy"]:
        """Listen for as long as the block lasts."""
        server = await asyncio.start_server(self._serve, HOST, 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.transport.abort()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours: list[asyncio.StreamWriter] = [writer]
        try:
            upstream, server = await asyncio.open_connection(HOST, self.to_port)
            ours.append(server)
            self._links.update(ours)
            wire = _Wire(self, reader, writer, upstream, server)
            async with asyncio.TaskGroup() as group:
                group.create_task(wire.up())
                group.create_task(wire.down())
        except* ABORTED:
            pass  # one side is gone, and the other follows
        finally:
            for link in ours:
                link.transport.abort()
            self._links.difference_update(ours)

    def is_cut_now(self) -> bool:
        """Count one commit; whether it is one to be cut."""
        self.commits += 1
        if self.left and self.commits % self.every == 0:
            self.left -= 1
            return True
        return False


@dataclass
class _Wire:
    proxy: Proxy
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    upstream: asyncio.StreamReader
    server: asyncio.StreamWriter
    announcing: set[bytes] = field(default_factory=set)  # names of prepared statements
    announced: bool = False
    silent: bool = False
    done: asyncio.Event = field(default_factory=asyncio.Event)

    async def up(self) -> None:
        """From the program to the server, message by message."""
        while True:
            first = await self._packet(b"")
            self.server.write(first)
            if struct.unpack(">i", first[4:8])[0] == START_UP:
                break
        while True:
            kind = await self.reader.readexactly(1)
            message = await self._packet(kind)
            if self._is_cut(kind, message[5:]):
                await self._cut(message)
            self.server.write(message)
            await self.server.drain()

    async def down(self) -> None:
        """From the server to the program; after a cut the server's words are only looked at."""
        while data := await self.upstream.read(65536):
            if self.silent:
                if COMMITTED in data:
                    self.done.set()
                continue
            self.writer.write(data)
            await self.writer.drain()
        raise ConnectionError

    async def _packet(self, kind: bytes) -> bytes:
        length = await self.reader.readexactly(4)
        return kind + length + await self.reader.readexactly(struct.unpack(">i", length)[0] - 4)

    def _is_cut(self, kind: bytes, text: bytes) -> bool:
        match kind:  # a query, a statement that is prepared, one that is executed
            case b"Q" if text.startswith(COMMIT):
                announced, self.announced = self.announced, False
                return announced and self.proxy.is_cut_now()
            case b"Q" if text.startswith(COPY):
                self.announced = True
            case b"P" if INSERT in text:
                self.announcing.add(text.split(b"\0", 1)[0])
            case b"B" if text.split(b"\0", 2)[1] in self.announcing:
                self.announced = True
        return False

    async def _cut(self, commit: bytes) -> None:
        if self.proxy.cut is Cut.BEFORE_REPLY:
            self.silent = True
            self.server.write(commit)
            with suppress(TimeoutError):
                async with asyncio.timeout(10):
                    await self.done.wait()
        raise ConnectionError
