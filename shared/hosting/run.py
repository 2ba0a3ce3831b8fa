"""Runs a service's process: `python -m services.<name> [http|react|relay|schedule|migrate|all]`."""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from typing import cast

import uvloop

from shared.hosting.garbage import collect_rarely
from shared.hosting.process import run_roles
from shared.hosting.service import ROLES, Role, Service
from shared.hosting.settings import Settings, SettingsError, read_settings
from shared.postgres import pool
from shared.postgres.migrate import MigrationError, migrate, read_migrations
from shared.streaming.consumer import StuckBatch
from shared.telemetry.logging import configure_logging
from shared.telemetry.tracing import configure_tracing

# What an operator can mend: told in one sentence. Anything else is a defect, with its traceback.
EXPECTED = (SettingsError, MigrationError, StuckBatch, OSError)

NICENESS_OF_WATCHERS = 10  # where processors are few, those who act have them first


def main(service: Service, arguments: Sequence[str] | None = None) -> None:
    """Parse the command line, run, and end with 0, or with 2 and one sentence if it can't be started."""
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}", description=service.description)
    parser.add_argument(
        "role",
        nargs="?",
        default="all",
        choices=[*ROLES, "migrate", "all"],
        help="http serves the API, react handles events, relay sends what is announced, schedule does what is due, "
        "all does these four in one process (default); migrate brings the database up to date and ends",
    )
    role: str = parser.parse_args(arguments).role
    try:
        settings = read_settings(service.name)
        _configure(service.name, role, settings)
        service.require()
        collect_rarely()
        if service.gives_way:
            os.nice(NICENESS_OF_WATCHERS)
        uvloop.run(_migrate(service, settings) if role == "migrate" else _serve(service, settings, role))
    except EXPECTED as error:
        sys.exit(_sentence(service.name, error))
    except BaseExceptionGroup as group:  # roles run side by side, so what ends one of them comes in a group
        expected, others = group.split(EXPECTED)
        if expected is None or others is not None:
            raise
        sys.exit(_sentence(service.name, _first(expected)))


def _configure(service: str, role: str, settings: Settings) -> None:
    try:
        configure_logging(service, role, settings.log_level)
    except ValueError as error:
        raise SettingsError(f"CONNECT_LOG_LEVEL: {error}") from error
    configure_tracing(service)


def _first(error: BaseException) -> BaseException:
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


def _sentence(service: str, error: BaseException) -> int:
    sys.stderr.write(f"{service}: {error}\n")
    return 2


async def _migrate(service: Service, settings: Settings) -> None:
    try:
        connection = await pool.connect(settings.postgres, application=f"{service.name} migrate")
    except pool.REFUSED as error:
        raise SettingsError(pool.explain(error, settings.postgres)) from error
    except pool.AWAY as error:
        where = f"{settings.postgres.host}:{settings.postgres.port}"
        raise SettingsError(
            f"PostgreSQL can't be reached at {where}: start it, or correct CONNECT_POSTGRES_HOST and _PORT"
        ) from error
    try:
        applied = await migrate(connection, read_migrations(service.name, service.migrations))
    finally:
        await connection.close()
    sys.stdout.write(
        f"{service.name}: {'applied ' + ', '.join(applied) if applied else 'the database is up to date'}\n"
    )


async def _serve(service: Service, settings: Settings, role: str) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    roles = ROLES if role == "all" else (cast(Role, role),)
    await run_roles(service, settings, roles, stopping)
