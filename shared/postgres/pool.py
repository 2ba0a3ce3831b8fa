"""Connections to a service's own database, with JSON as Python values."""

import asyncio
from typing import Any

import asyncpg
import orjson

from shared.postgres.settings import PostgresSettings

ANSWER_WITHIN = 60.0  # seconds for one statement, waiting for a lock included
IDLE_IN_TRANSACTION = "60s"  # then the server undoes a transaction whose process does nothing: it may be frozen

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy

# What asyncpg and the network raise when the server is away, restarts or has no connection left: another try may help.
AWAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # what the next statement meets on a connection whose server has just said goodbye
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.PostgresSystemError,  # its disk fails
)


# What it answers to who may not come in. Another try helps only after an operator has done something.
REFUSED = (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InsufficientPrivilegeError)


def explain(error: BaseException, settings: PostgresSettings) -> str:
    """What to tell an operator of a connection that could not be made."""
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        return (
            f"PostgreSQL refuses the password of {settings.user}: correct CONNECT_POSTGRES_USER and "
            "CONNECT_POSTGRES_PASSWORD, or let `connect prepare databases` set it"
        )
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return f"PostgreSQL does not let {settings.user} into {settings.database}: correct CONNECT_POSTGRES_DATABASE"
    return f"PostgreSQL can't be reached ({type(error).__name__})"


def _encode_jsonb(value: Any) -> bytes:
    # The binary form of jsonb is a version byte, then the text; binary is what COPY needs.
    return b"\x01" + orjson.dumps(value)


def _decode_jsonb(value: bytes) -> Any:
    return orjson.loads(value[1:])


async def prepare_connection(connection: asyncpg.Connection) -> None:
    """Make json and jsonb columns Python values."""
    await connection.set_type_codec(
        "jsonb", schema="pg_catalog", encoder=_encode_jsonb, decoder=_decode_jsonb, format="binary"
    )


async def _nothing(_: asyncpg.Connection) -> None:
    """Nothing is left to reset: what our code sets, locks or declares ends with its transaction.

    The locks of `session_lock` last longer; whoever takes one gives it back, or ends the connection. asyncpg's own way
    asks the server to free everything once more after every unit of work.
    """


async def connect(settings: PostgresSettings, *, application: str, idle: str | None = None) -> asyncpg.Connection:
    """One connection outside the pool, for locks that last as long as their session.

    With `idle` ("30s") the server ends the session, and frees its locks, when it has asked nothing for so long: its
    process may be frozen, or its machine gone without a farewell.
    """
    arguments = _arguments(settings, application)
    if idle is not None:
        arguments["server_settings"]["idle_session_timeout"] = idle
    connection = await asyncpg.connect(**arguments)
    await prepare_connection(connection)
    return connection


async def open_pool(settings: PostgresSettings, *, application: str) -> asyncpg.Pool:
    """A pool that connects when first used, so that a process can start while the server is away."""
    pool = asyncpg.create_pool(
        **_arguments(settings, application),
        min_size=0,
        max_size=settings.pool_size,
        init=prepare_connection,
        reset=_nothing,
    )
    await pool
    return pool


def _arguments(settings: PostgresSettings, application: str) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        "database": settings.database,
        "user": settings.user,
        "password": settings.password.get_secret_value(),
        "timeout": 10,
        "command_timeout": ANSWER_WITHIN,
        "server_settings": {
            "application_name": application,
            "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION,
            "timezone": "UTC",
            # A server or a database where it is off answers a COMMIT before it has it on disk: an offset committed, or
            # an outbox row deleted, on such an answer is an event lost with the server's memory.
            "synchronous_commit": "on",
        },
    }
