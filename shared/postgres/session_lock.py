"""Work that one session at a time does, for as long as it lasts and longer than a transaction may.

A lock goes with its connection, whichever way that ends, so what a process leaves behind is taken up by the next one.
Relies on: a connection whose lock is in doubt is ended, so none goes back to a pool with it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.postgres.pool import AWAY, Connection
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

Lock = int | str  # a number, or a text of which the server makes one; of each database its own


async def take(connection: Connection, lock: Lock) -> bool:
    """Take the lock for this session; false if another one has it."""
    try:
        return bool(await connection.fetchval(f"SELECT pg_try_advisory_lock({_number(lock)})", lock))
    except BaseException:  # cancelled too: the server may have given the lock meanwhile
        _end(connection)
        raise


async def give_back(connection: Connection, lock: Lock) -> None:
    """Give the lock back. If the server does not say that it has it, the connection is ended, and with it the lock."""
    try:
        await connection.execute(f"SELECT pg_advisory_unlock({_number(lock)})", lock)
    except (*AWAY, asyncpg.PostgresError) as error:
        log.info("a lock was given back with its connection", lock=lock, error=error)
        _end(connection)
    except BaseException:
        _end(connection)
        raise


@asynccontextmanager
async def held(connection: Connection, work: str) -> AsyncIterator[bool]:
    """Hold the lock of whoever does this work, on this connection; false if another session has it."""
    mine = await take(connection, work)
    try:
        yield mine
    finally:
        if mine:
            await give_back(connection, work)


def _end(connection: Connection) -> None:
    with suppress(asyncpg.InterfaceError):  # lost, and so given back to its pool already
        connection.terminate()


def _number(lock: Lock) -> str:
    return "$1" if isinstance(lock, int) else "hashtextextended($1, 0)"
