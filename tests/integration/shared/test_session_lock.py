"""A lock that lasts longer than a transaction ends with the work, whatever becomes of its connection."""

from typing import cast

import asyncpg
import pytest

from shared.postgres.session_lock import held
from shared.postgres.unit_of_work import Database
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import until


async def is_free(database: Database) -> bool:
    """Whether another session can have the lock."""
    async with database.pool.acquire() as other, held(other, "a work") as mine:
        return mine


async def test_one_session_at_a_time_has_it(open_database: OpenDatabase) -> None:
    database = await open_database("shared")
    async with database.pool.acquire() as connection, held(connection, "a work") as mine:
        assert mine
        assert not await is_free(database)
    assert await is_free(database)


async def test_a_connection_that_can_not_give_it_back_is_ended(open_database: OpenDatabase) -> None:
    """Breaks when a connection goes back to the pool with its lock: nobody would do this work again."""
    database = await open_database("shared")
    async with database.pool.acquire() as connection, database.pool.acquire(), held(connection, "a work"):
        await connection.execute("BEGIN")
        with pytest.raises(asyncpg.UndefinedTableError):
            await connection.execute("SELECT * FROM nowhere")  # now the server takes no other question
    await until(lambda: is_free(database))


class Lost:
    """A connection of which nobody has noticed that it is lost until the lock is to be given back."""

    def __init__(self, error: Exception) -> None:
        self.error = error
        self.is_ended = False

    async def fetchval(self, *_: object) -> bool:
        return True

    async def execute(self, *_: object) -> None:
        raise self.error

    def terminate(self) -> None:
        self.is_ended = True


@pytest.mark.parametrize("error", [asyncpg.ConnectionDoesNotExistError("lost"), TimeoutError()])
async def test_a_lost_connection_hides_neither_the_work_nor_what_went_wrong_in_it(error: Exception) -> None:
    """Breaks when giving the lock back, which can't be done any more, raises an error of its own."""
    lost = Lost(error)
    async with held(cast(asyncpg.Connection, lost), "a work"):
        pass
    assert lost.is_ended
