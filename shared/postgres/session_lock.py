"""Work that one session at a time does, for as long as it lasts and longer than a transaction may."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.postgres.pool import Connection


@asynccontextmanager
async def held(connection: Connection, work: str) -> AsyncIterator[bool]:
    """Hold the lock of whoever does this work, on this connection; false if another session has it.

    It goes with the connection, whichever way that ends, so what a process leaves behind is taken up by the next one.
    """
    mine: bool = await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", work)
    try:
        yield mine
    finally:
        if mine:
            with suppress(asyncpg.InterfaceError):  # a connection that was lost has taken its lock along
                await connection.execute("SELECT pg_advisory_unlock(hashtextextended($1, 0))", work)
