"""One role and one database per service, each closed to the others. Safe to repeat; for any PostgreSQL from 17 on."""

import base64
import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

import asyncpg

from deploy.errors import OperatorError

LOCK = 0x50524F56  # "PROV": two provisioners at once take turns
CONNECT_LIMIT_SECONDS = 10
ITERATIONS = 4096  # PostgreSQL's own number
SERVERS_OWN = ("postgres", "template1")  # nobody may connect to template0 anyway

AWAY = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


@dataclass(frozen=True)
class Access:
    """How to reach a server as somebody who may make roles and databases."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


def database_of(service: str) -> str:
    """The name of a service's database, and of its role."""
    return f"connect_{service}"


async def provision(admin: Access, passwords: Mapping[str, str], *, alone: bool = False) -> None:
    """Make or mend the role and the database of each service in `passwords` (service → its role's password).

    `alone` says that the server is there for these services only: its own databases are then closed to them, which on
    a shared one would close them to others. Nothing is ever dropped.

    Raises OperatorError if the server can't be reached or refuses.
    """
    try:
        await _provision(admin, passwords, alone=alone)
    except asyncpg.InsufficientPrivilegeError as error:
        raise OperatorError(
            f"{admin.user} may not make roles and databases on {admin.host}:{admin.port} ({error.args[0]}): "
            "set CONNECT_POSTGRES_ADMIN_USER to a role with CREATEROLE and CREATEDB."
        ) from error


async def _provision(admin: Access, passwords: Mapping[str, str], *, alone: bool) -> None:
    connection = await _connect(admin)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        for service, password in passwords.items():
            await _role(connection, database_of(service), password)
            await _database(connection, database_of(service))
        if alone:
            for name in SERVERS_OWN:
                await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    finally:
        await connection.close()


async def _connect(admin: Access) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(
            host=admin.host,
            port=admin.port,
            user=admin.user,
            password=admin.password,
            database="postgres",
            timeout=CONNECT_LIMIT_SECONDS,
        )
    except AWAY as error:
        raise OperatorError(
            f"PostgreSQL does not answer at {admin.host}:{admin.port}: start it, or correct CONNECT_POSTGRES_HOST and "
            "CONNECT_POSTGRES_PORT (without them CONNECT brings its own)."
        ) from error
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        raise OperatorError(
            f"PostgreSQL at {admin.host}:{admin.port} refuses {admin.user}: correct CONNECT_POSTGRES_ADMIN_USER and "
            "CONNECT_POSTGRES_ADMIN_PASSWORD."
        ) from error


async def _role(connection: asyncpg.Connection, name: str, password: str) -> None:
    exists = await connection.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", name)
    verb = "ALTER" if exists else "CREATE"
    # Utility statements take no parameters, so the server itself quotes the values. It is given what it would keep of
    # the password and not the password: a statement that fails stands in its log.
    template = f"{verb} ROLE %I LOGIN PASSWORD %L"
    await connection.execute(
        await connection.fetchval("SELECT format($1, $2::text, $3::text)", template, name, _kept_of(password))
    )


def _kept_of(password: str) -> str:
    """What PostgreSQL keeps of a password under scram-sha-256 (RFC 5803)."""
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", unicodedata.normalize("NFKC", password).encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return "SCRAM-SHA-256${}:{}${}:{}".format(
        ITERATIONS, *(base64.b64encode(part).decode() for part in (salt, stored, server))
    )


async def _database(connection: asyncpg.Connection, name: str) -> None:
    exists = await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name)
    if not exists:
        superuser = await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if not superuser:  # who gives a database away must be able to act as its owner
            await connection.execute(f'GRANT "{name}" TO current_user WITH SET TRUE')
        await connection.execute(
            f'CREATE DATABASE "{name}" OWNER "{name}" TEMPLATE template0 ENCODING \'UTF8\' '
            "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'"
        )
    await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
