"""However CONNECT ends, no process is left; whatever keeps it from starting is one sentence."""

import os
import shutil
import signal
import time
from collections.abc import Callable

import asyncpg
import psutil
import pytest

from deploy.embedded.credentials import load_credentials
from deploy.embedded.endings import left_after, lives
from deploy.embedded.layout import OFFSETS
from deploy.embedded.probes import port_is_free
from deploy.embedded.testing import EmbeddedServers
from deploy.supervision.leftovers import processes_of
from deploy.supervision.testing import RunningCopy

pytestmark = [pytest.mark.servers, pytest.mark.timeout(900), pytest.mark.xdist_group("stops and failures")]

MakeCopy = Callable[..., RunningCopy]
FIRST_START = 180.0


async def test_after_a_kill_of_all_the_next_start_finds_what_was_there(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo")
    copy.start()
    await _query(copy, "CREATE TABLE kept AS SELECT 42 AS answer")
    copy.signal(signal.SIGKILL)
    copy.wait()
    copy.start()  # at once: the earlier run is still stopping
    assert await _query(copy, "SELECT answer FROM kept") == 42
    copy.signal(signal.SIGINT)
    assert copy.wait() == 0
    _nothing_is_left(copy)
    assert copy.connect("status").returncode == 1


async def test_servers_of_the_operators_own_are_used_and_none_is_embedded(
    make_copy: MakeCopy, servers: EmbeddedServers
) -> None:
    copy = make_copy(
        "--no-demo",
        CONNECT_KAFKA_BOOTSTRAP=servers.kafka_bootstrap,
        CONNECT_POSTGRES_HOST="127.0.0.1",
        CONNECT_POSTGRES_PORT=str(servers.postgres_port),
        CONNECT_POSTGRES_ADMIN_USER="postgres",
        CONNECT_POSTGRES_ADMIN_PASSWORD=servers.postgres_password("postgres"),
    )
    copy.start()
    status = copy.status()
    assert (copy.not_ready(), status["ready"]) == ({}, True)
    assert status["parts"]["kafka"]["address"] == servers.kafka_bootstrap
    assert {process.name() for process in processes_of(copy.home)}.isdisjoint({"java", "postgres"})
    assert copy.connect("down").returncode == 0
    _nothing_is_left(copy)


def test_ctrl_c_in_mid_start_leaves_no_process(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo")
    copy.launch()
    copy.wait_for("databases")
    copy.signal(signal.SIGINT)
    copy.wait()
    assert "Everything is stopped" in copy.printed()
    assert "Traceback" not in copy.printed()
    _nothing_is_left(copy)


def test_the_death_of_the_supervisor_ends_everything_in_one_sentence(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo")
    copy.launch()
    copy.wait_for("databases")
    os.kill(int((copy.home.run / "supervisor.pid").read_text()), signal.SIGKILL)
    assert copy.wait() == 2
    assert "The supervisor ended" in copy.printed()
    assert "Traceback" not in copy.printed()
    _nothing_is_left(copy)


def test_a_kill_of_connect_up_ends_everything_even_if_nobody_starts_it_again(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo")
    copy.launch()
    until = time.monotonic() + FIRST_START
    while not {"java", "postgres"} <= {child.name() for child in processes_of(copy.home)}:
        assert time.monotonic() < until, copy.printed()
        time.sleep(0.1)
    copy.signal(signal.SIGKILL)
    copy.wait()
    _wait_for_the_last(copy)
    _nothing_is_left(copy)


def test_an_outside_kafka_that_is_away_is_named(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo", CONNECT_KAFKA_BOOTSTRAP="127.0.0.1:1")
    copy.launch()
    assert copy.wait() == 2
    assert "Kafka does not answer at 127.0.0.1:1" in copy.printed()
    assert "CONNECT_KAFKA_BOOTSTRAP" in copy.printed().splitlines()[-1]
    assert "Traceback" not in copy.printed()
    _nothing_is_left(copy)


def test_an_outside_postgres_that_is_away_is_named(make_copy: MakeCopy) -> None:
    outside = {"CONNECT_POSTGRES_HOST": "127.0.0.1", "CONNECT_POSTGRES_PORT": "1"}
    administrator = {"CONNECT_POSTGRES_ADMIN_USER": "postgres", "CONNECT_POSTGRES_ADMIN_PASSWORD": "x"}
    copy = make_copy("--no-demo", **outside, **administrator)
    copy.launch()
    assert copy.wait() == 2
    assert "PostgreSQL does not answer at 127.0.0.1:1" in copy.printed()
    assert "Traceback" not in copy.printed()
    _nothing_is_left(copy)


def test_a_half_deleted_folder_is_refused_and_not_repaired_by_guessing(make_copy: MakeCopy) -> None:
    copy = make_copy("--no-demo")
    copy.launch()
    for begun in ("kafka's files", "databases"):  # side by side, in any order
        copy.wait_for(begun)
    copy.signal(signal.SIGTERM)
    copy.wait()
    shutil.rmtree(copy.home.kafka)
    copy.launch()
    assert copy.wait() == 2
    assert copy.printed().count("\n") == 1
    assert "kafka/data/meta.properties is missing" in copy.printed()
    assert "CONNECT_HOME" in copy.printed()
    assert not copy.home.kafka.exists()


async def _query(copy: RunningCopy, sql: str) -> object:
    connection = await asyncpg.connect(
        host="127.0.0.1",
        port=int(copy.environment["CONNECT_PORT_BASE"]) + OFFSETS["postgres"],
        user="connect_intake",
        database="connect_intake",
        password=load_credentials(copy.home).services["intake"],
    )
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _wait_for_the_last(copy: RunningCopy) -> None:
    """Look again after each end: a child may have been born between the look and the kill."""
    until = time.monotonic() + 40
    while (left := processes_of(copy.home)) and time.monotonic() < until:
        left_after(left, 1)


def _nothing_is_left(copy: RunningCopy) -> None:
    assert processes_of(copy.home) == []
    base = int(copy.environment["CONNECT_PORT_BASE"])
    assert all(port_is_free("127.0.0.1", base + offset) for offset in OFFSETS.values())
    assert not [process for process in psutil.process_iter(["cmdline"]) if _mentions(process, str(copy.home.root))]


def _mentions(process: psutil.Process, folder: str) -> bool:
    return lives(process) and any(folder in word for word in process.info["cmdline"] or ())
