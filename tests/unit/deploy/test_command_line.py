"""`connect` without anything running."""

import subprocess
import sys
from pathlib import Path

import click
import pytest

from deploy.cli.root import COMMANDS, connect

HEAVY = ("aiokafka", "asyncpg", "fastapi", "faust", "httpx", "pydantic", "supervisor")


def _run(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env={"PATH": "/usr/bin:/bin", "CONNECT_HOME": str(home), **settings},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_help_lists_every_command_and_loads_none_of_them() -> None:
    look = "import sys; from deploy.cli.root import connect; connect(['--help'], standalone_mode=False); "
    loaded = f"print([name for name in {HEAVY} if name in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", look + loaded], capture_output=True, text=True, check=True).stdout
    assert shown.splitlines()[-1] == "[]"
    assert all(f"  {name} " in shown for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    command = connect.get_command(click.Context(connect), name)
    assert command is not None
    assert command.help
    text = command.get_help(click.Context(command, info_name=name))
    assert "--help" in text


def test_an_unknown_command_is_refused(tmp_path: Path) -> None:
    refused = _run(tmp_path, "explode")
    assert refused.returncode == 2
    assert "No such command 'explode'" in refused.stderr


def test_status_of_what_does_not_run_is_one_sentence_with_the_remedy(tmp_path: Path) -> None:
    answer = _run(tmp_path, "status", CONNECT_PORT_BASE="20000")
    assert answer.returncode == 1
    assert answer.stdout == f"CONNECT does not run from {tmp_path}: `connect up` starts it.\n"


def test_stopping_what_does_not_run_is_no_fault(tmp_path: Path) -> None:
    answer = _run(tmp_path, "down")
    assert answer.returncode == 0
    assert answer.stdout == f"Nothing runs from {tmp_path}.\n"


@pytest.mark.parametrize("arguments", [("up",), ("status",), ("down",), ("prepare", "topics")])
def test_an_impossible_setting_is_one_sentence_on_every_command(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    refused = _run(tmp_path, *arguments, CONNECT_PORT_BASE="eighty")
    assert refused.returncode == 2
    assert refused.stderr.startswith("CONNECT_PORT_BASE=eighty can't be used")
    assert refused.stderr.count("\n") == 1


def test_databases_are_not_made_with_a_password_that_nobody_chose(tmp_path: Path) -> None:
    administrator = {"CONNECT_POSTGRES_ADMIN_USER": "postgres", "CONNECT_POSTGRES_ADMIN_PASSWORD": "x"}
    refused = _run(tmp_path, "prepare", "databases", CONNECT_POSTGRES_HOST="127.0.0.1", **administrator)
    assert refused.returncode == 2
    assert refused.stderr.startswith("CONNECT_POSTGRES_PASSWORD_PORTAL is not set")
