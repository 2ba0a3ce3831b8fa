"""Processes that can't start say why, in one sentence or at /health/ready."""

import socket

import pytest

from tests.chaos.processes import HOST, a_free_port
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]


async def test_a_taken_port_ends_the_process_with_one_sentence(stage: Stage) -> None:
    """Breaks when the port is bound after the work has begun, or when the error is a traceback."""
    with socket.create_server((HOST, a_free_port())) as taken:
        port = taken.getsockname()[1]
        echo = stage.echo(port=port)
        assert await echo.death() == 2
    (sentence,) = echo.tail().splitlines()
    assert f"the port {port} of {HOST} can't be used" in sentence
    assert "CONNECT_HTTP_PORT" in sentence
    assert (await stage.invariant_holds()).claimed == 0


async def test_a_database_that_refuses_us_is_told_where_one_asks(stage: Stage) -> None:
    """Breaks when only a server that is away counts as not ready, and one that refuses is an error of ours."""
    echo = stage.echo(environment={"CONNECT_POSTGRES_PASSWORD": "wrong"})
    await echo.not_ready("database: PostgreSQL does not answer (InvalidPasswordError)")
    assert await echo.stop(30) == 0


async def test_a_database_without_tables_names_the_command_that_makes_them(stage: Stage) -> None:
    """Breaks when a process works on a database of another release."""
    echo = stage.echo(environment={"CONNECT_POSTGRES_DATABASE": "postgres"})
    await echo.not_ready("migrations are missing", "migrate")
    assert await echo.stop(30) == 0
