"""A small run of the soak, by its command, and one that is interrupted."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import psutil
import pytest

from tests.chaos.processes import ROOT, until
from tests.chaos.soak.schedule import ROLES, Kind

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("chaos"),
    pytest.mark.timeout(300),
]

EVENTS, FAULTS = 3000, 12


@asynccontextmanager
async def the_command(*arguments: str) -> AsyncIterator[Process]:
    """The soak as a process of its own, in a group of its own, as a shell starts it."""
    command = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.chaos.soak", *arguments),
        cwd=ROOT,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
        preexec_fn=_heed_interrupts,
    )
    try:
        yield command
    finally:
        if command.returncode is None:
            command.kill()  # its keepers end the rest
            await command.wait()


def _heed_interrupts() -> None:
    """As in the foreground: what a shell starts in the background ignores Ctrl-C, and its children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.timeout(900)  # its own bound is six minutes, and then it comes to rest
async def test_a_small_run_with_faults_of_every_kind_holds() -> None:
    """Breaks as the other failure tests do, and where two of their causes must come together: a member dies while the
    broker is away, a relay loses its lock after a commit in doubt, old messages come again during a rebalance.
    """
    order = ("--events", str(EVENTS), "--kills", str(FAULTS), "--seed", "1", "--json")
    async with the_command(*order) as command:
        out, told = await command.communicate()
    assert command.returncode == 0, told.decode()
    (line,) = out.decode().splitlines()
    result = json.loads(line)
    counts = result["counts"]
    assert result["holds"]
    assert not result["cut_short"]
    assert (counts["unique_in"], counts["claimed"], counts["heard"], counts["unique_out"]) == (EVENTS,) * 4
    assert counts["messages_in"] > EVENTS  # repetitions came
    assert sum(result["faults"].values()) == FAULTS
    assert set(result["faults"]) == set(Kind)


async def test_an_interrupted_run_leaves_no_process_and_says_one_sentence() -> None:
    """Breaks when Ctrl-C, which reaches every process of the group at once, ends in a traceback or leaves a server."""
    family: list[psutil.Process] = []
    async with the_command("--events", str(100 * EVENTS), "--kills", "0") as command:

        async def all_are_started() -> bool:
            family[:] = psutil.Process(command.pid).children(recursive=True)
            return sum("_service" in line_of(process) for process in family) == len(ROLES)

        await until("all are started", all_are_started, 200)
        os.killpg(command.pid, signal.SIGINT)
        _, errors = await command.communicate()
    told = errors.decode()
    assert command.returncode == 130
    assert told.splitlines()[-1] == "stopped before the end; every process has ended and nothing was judged"
    assert "Traceback" not in told
    assert not [line_of(process) for process in family if line_of(process)]


def line_of(process: psutil.Process) -> str:
    """Its command; empty where it has ended, also if nobody has asked how."""
    try:
        return " ".join(process.cmdline()) if process.is_running() else ""
    except psutil.Error:
        return ""
