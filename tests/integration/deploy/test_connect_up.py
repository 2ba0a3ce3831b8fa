"""One running copy: what it tells, what it refuses, and that what dies comes back."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from deploy.embedded.layout import OFFSETS, SERVICES
from deploy.supervision.testing import RunningCopy

pytestmark = [pytest.mark.servers, pytest.mark.timeout(300), pytest.mark.xdist_group("running copy")]

BACK_WITHIN_SECONDS = 60
ROLES = {"http", "react", "relay", "schedule"}


def test_status_names_every_address_and_every_role(running: RunningCopy) -> None:
    status = running.status()
    assert (running.not_ready(), status["ready"]) == ({}, True)
    assert status["home"] == str(running.home.root)
    assert set(status["parts"]) == {*SERVICES, "kafka", "postgres"}
    for service in SERVICES:
        part = status["parts"][service]
        assert part["process"] in ("starting", "running")
        assert part["address"] == running.address(service)
        assert part["roles"].keys() >= ROLES
        assert part["roles"]["react"]["figures"]["lag"] == 0
        assert part["roles"]["outbox"]["figures"]["dead"] == 0
        assert httpx.get(f"{part['address']}/health/live").status_code == 200


def test_status_for_people_ends_well_and_shows_the_lag(running: RunningCopy) -> None:
    shown = running.connect("status")
    assert shown.returncode == 0
    assert "lag 0" in shown.stdout
    assert running.address("portal") in shown.stdout


def test_a_killed_service_runs_again_and_the_terminal_says_how_it_ended(running: RunningCopy) -> None:
    before = running.process("evaluation")
    os.kill(before, signal.SIGKILL)
    running.wait_for("evaluation ended (terminated by SIGKILL)")
    running.wait_for("evaluation runs again")
    assert running.process("evaluation") != before
    until = time.monotonic() + BACK_WITHIN_SECONDS
    while not running.status()["parts"]["evaluation"]["ready"]:
        assert time.monotonic() < until
    assert running.connect("status").returncode == 0


def test_a_stopped_service_makes_status_say_no(running: RunningCopy) -> None:
    process = running.process("matching")
    os.kill(process, signal.SIGSTOP)
    try:
        shown = running.connect("status")
    finally:
        os.kill(process, signal.SIGCONT)
    assert shown.returncode == 1
    assert "matching" in shown.stdout
    assert "NO" in shown.stdout


def test_a_second_start_from_the_same_folder_is_refused_in_one_sentence(running: RunningCopy) -> None:
    refused = running.connect("up")
    assert refused.returncode == 2
    assert "`connect down` stops it" in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert running.not_ready() == {}


def test_a_taken_port_is_named_with_its_owner_and_the_setting(running: RunningCopy, tmp_path: Path) -> None:
    mine, running.environment = running.environment, running.environment | {"CONNECT_HOME": str(tmp_path / "h")}
    refused = running.connect("up")
    running.environment = mine
    assert refused.returncode == 2
    base = int(mine["CONNECT_PORT_BASE"]) + OFFSETS["portal"]
    assert f"Port {base}, for portal, is taken by python" in refused.stderr
    assert "CONNECT_PORT_BASE" in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_secrets_are_in_no_log_and_on_no_command_line(running: RunningCopy) -> None:
    secrets = (running.home.root / "secrets.json").read_text().split('"')
    secrets = [word for word in secrets if len(word) == 64]
    assert len(secrets) == len(SERVICES) + 2
    files = [file for file in (*running.home.logs.iterdir(), running.home.run / "supervisor.conf") if file.is_file()]
    texts = [file.read_text(errors="replace") for file in files]
    texts += [Path(f"/proc/{running.process(name)}/cmdline").read_text() for name in (*SERVICES, "kafka", "postgres")]
    assert not [secret for secret in secrets for text in texts if secret in text]
