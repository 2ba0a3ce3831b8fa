"""supervisord as a child of ours: its settings, its start, and what we ask of it."""

import os
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.xmlrpc import Faults, SupervisorTransport

from deploy.embedded.layout import Home
from deploy.supervision.plan import Planned

START_LIMIT_SECONDS = 60
POLL_SECONDS = 0.05

# Groups stop one after the other, the highest number first: services, then servers.
GROUPS = {"server": ("servers", 10), "service": ("services", 20)}

SUPERVISOR = """\
[supervisord]
nodaemon = true
silent = true
logfile = {logs}/supervisor.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {run}/supervisor.pid
childlogdir = {logs}
identifier = connect
{user}
[unix_http_server]
file = {socket}
chmod = 0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

# A process that ends within startsecs is tried again after 1, 2, 3 … seconds; one that had run longer, at once.
PROGRAM = """
[program:{name}]
command = {command}
autostart = false
autorestart = true
startsecs = 10
startretries = 1000000
stopsignal = {signal}
stopwaitsecs = {patience}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 3
"""
GROUP = """
[group:{name}]
programs = {programs}
priority = {priority}
"""


@dataclass(frozen=True)
class Child:
    """What supervisord knows of one process."""

    name: str
    state: str
    pid: int
    started: float

    @property
    def is_running(self) -> bool:
        """Whether it has a process now. STARTING is the supervisor's word for the first seconds of one."""
        return self.state in ("STARTING", "RUNNING")

    @property
    def has_process(self) -> bool:
        """Whether there is something to wait for before it is stopped."""
        return self.is_running or self.state == "STOPPING"


class SupervisorGone(Exception):
    """Nobody answers at the supervisor's socket."""


class SupervisorStopping(SupervisorGone):
    """It answers, but only that it is shutting down."""


@dataclass(frozen=True)
class Supervisor:
    """The supervisor of one data folder, reached through its socket."""

    home: Home

    def is_up(self) -> bool:
        """Whether it answers, if only that it is shutting down."""
        try:
            self._ask("getState")
        except SupervisorStopping:
            return True
        except SupervisorGone:
            return False
        return True

    def children(self) -> list[Child]:
        """All servers and services. Raises SupervisorGone."""
        return [
            Child(row["name"], row["statename"], row["pid"], float(row["start"]))
            for row in self._ask("getAllProcessInfo")
        ]

    def start(self, process: Planned) -> None:
        """Start a server or a service, and return at once. Raises SupervisorGone."""
        self._ask("startProcess", f"{GROUPS[process.kind][0]}:{process.name}", False)

    def stop_services(self) -> None:
        """Ask all services to end, and return at once. Raises SupervisorGone."""
        self._ask("stopProcessGroup", GROUPS["service"][0], False)

    def shut_down(self) -> None:
        """Ask it to stop the services, then the servers, then itself; nothing if it is not there."""
        with suppress(SupervisorGone):
            self._ask("shutdown")

    def _ask(self, method: str, *arguments: object) -> Any:
        with _proxy(self.home.socket) as supervisor:
            return getattr(supervisor, method)(*arguments)


def start_supervisor(home: Home, command: list[str]) -> subprocess.Popen[bytes]:
    """Start supervisord and wait until it answers. It has its own session, so that Ctrl-C reaches only us."""
    with (home.logs / "supervisor.out").open("wb") as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    until = time.monotonic() + START_LIMIT_SECONDS
    while not Supervisor(home).is_up():
        if process.poll() is not None or time.monotonic() > until:
            raise SupervisorGone((home.logs / "supervisor.out").read_text(errors="replace").strip() or "no output")
        time.sleep(POLL_SECONDS)
    return process


def supervisor_log(home: Home) -> Path:
    """Where supervisord writes what it starts, what exits and how."""
    return home.logs / "supervisor.log"


def supervisor_command(home: Home) -> list[str]:
    """What runs supervisord with the settings of this folder."""
    return [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(_settings_file(home))]


def write_supervisor_settings(home: Home, processes: list[Planned], commands: dict[str, list[str]]) -> None:
    """Tell supervisord about every server and service: only how to launch them, no address and no secret."""
    user = "user = root\n" if os.geteuid() == 0 else ""  # said out loud, root is no warning
    kept = [process for process in processes if process.kind in GROUPS]
    places = {"logs": _escaped(home.logs), "run": _escaped(home.run), "socket": _escaped(home.socket)}
    sections = [SUPERVISOR.format(**places, user=user)]
    sections += [_program(home, process, commands[process.name]) for process in kept]
    for kind, (group, priority) in GROUPS.items():
        names = ",".join(process.name for process in processes if process.kind == kind)
        if names:
            sections.append(GROUP.format(name=group, programs=names, priority=priority))
    _settings_file(home).write_text("".join(sections))


def _program(home: Home, process: Planned, command: list[str]) -> str:
    return PROGRAM.format(
        name=process.name,
        command=" ".join(_quoted(word) for word in command),
        signal=process.stop_signal.removeprefix("SIG"),
        patience=30 if process.kind == "server" else 15,
        log=f"{_escaped(home.logs)}/{process.name}.log",
    )


def _quoted(word: str) -> str:
    return '"' + _escaped(word).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(value: str | Path) -> str:
    """With the mark of supervisord's own variables doubled."""
    return str(value).replace("%", "%%")


def _settings_file(home: Home) -> Path:
    return home.run / "supervisor.conf"


@contextmanager
def _proxy(socket: Path) -> Iterator[Any]:
    transport = SupervisorTransport(None, None, f"unix://{socket}")
    try:
        yield xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
    except xmlrpc.client.Fault as fault:
        if fault.faultCode == Faults.SHUTDOWN_STATE:
            raise SupervisorStopping(fault.faultString) from fault
        raise
    except (OSError, xmlrpc.client.ProtocolError) as error:
        raise SupervisorGone(str(error)) from error
    finally:
        transport.close()
