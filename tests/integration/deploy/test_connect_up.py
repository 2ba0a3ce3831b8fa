"""One running copy: what it tells, what it refuses, and that what dies comes back."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest
from aiokafka.errors import KafkaConnectionError

from deploy.embedded.layout import OFFSETS, SERVICES
from deploy.embedded.probes import kafka_brokers
from deploy.supervision.testing import RunningCopy
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import missing_topics

pytestmark = [pytest.mark.servers, pytest.mark.timeout(600), pytest.mark.xdist_group("running copy")]

BACK_WITHIN_SECONDS = 180
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
        assert httpx.get(f"{part['address']}/health/live", trust_env=False).status_code == 200


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
    all_is_ready_again(running)
    assert running.connect("status").returncode == 0


def all_is_ready_again(running: RunningCopy) -> None:
    until = time.monotonic() + BACK_WITHIN_SECONDS
    while left := running.not_ready():
        assert time.monotonic() < until, left


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
    all_is_ready_again(running)


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
    """Breaks when a password is an argument, or a process prints its environment."""
    files = [file for file in running.home.logs.iterdir() if file.is_file()]
    texts = [file.read_text(errors="replace") for file in (*files, running.home.run / "supervisor.conf")]
    texts += [Path(f"/proc/{running.process(name)}/cmdline").read_text() for name in (*SERVICES, "kafka", "postgres")]
    texts += [running.printed()]
    for command in (("status",), ("dead-letters", "list"), ("events", "--permissions")):
        answer = running.connect(*command, "--json")
        texts += [answer.stdout, answer.stderr]
    assert not [secret for secret in _secrets(running) for text in texts if secret in text]


def test_a_file_with_a_secret_is_read_by_its_owner_only(running: RunningCopy) -> None:
    """Breaks when the broker's settings, which name its administrator, are written like any other file."""
    servers = (running.home.postgres / "data", running.home.kafka / "data")
    files = [file for file in running.home.root.rglob("*") if file.is_file() and not set(servers) & set(file.parents)]
    secrets = [secret.encode() for secret in _secrets(running)]
    private = [file for file in files if any(secret in file.read_bytes() for secret in secrets)]
    assert {"secrets.json", "clients.json", "plan.json", "server.properties", "server.pem", "signing-key.pem"} == {
        file.name for file in private
    }
    assert {file.stat().st_mode & 0o777 for file in private} == {0o600}


async def test_kafka_is_closed_to_who_does_not_sign_in(running: RunningCopy) -> None:
    """Also at the controller's port, where the metadata of the cluster are. Breaks when a listener is left open."""
    base = int(running.environment["CONNECT_PORT_BASE"])
    for name in ("kafka", "kafka-controller"):
        assert kafka_brokers("127.0.0.1", base + OFFSETS[name]) == 0
    anybody = KafkaSettings(bootstrap=f"127.0.0.1:{base + OFFSETS['kafka']}")
    with pytest.raises(KafkaConnectionError):
        await missing_topics(anybody)
    over_tls = anybody.model_copy(update={"security_protocol": "SSL", "ca_file": running.home.kafka / "ca.pem"})
    with pytest.raises(KafkaConnectionError):
        await missing_topics(over_tls)


def _secrets(copy: RunningCopy) -> list[str]:
    """Every password, and a line from the middle of each private key."""
    known = (copy.home.root / "secrets.json").read_text().split('"')
    passwords = [word for word in known if len(word) == 64]
    assert len(passwords) == 2 * len(SERVICES) + 3
    keys = (copy.home.signing_key, copy.home.kafka / "server.pem")
    return passwords + [key.read_text().splitlines()[1] for key in keys]
