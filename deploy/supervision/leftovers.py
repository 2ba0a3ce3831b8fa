"""What an earlier run from the same folder left behind, and what others have: processes and taken ports."""

import signal
import time
from collections.abc import Mapping
from contextlib import suppress

import psutil

from deploy.embedded.endings import kill, left_after, lives
from deploy.embedded.layout import MARK, Home
from deploy.embedded.probes import port_is_free
from deploy.errors import OperatorError
from deploy.supervision.console import Console
from deploy.supervision.supervisor import Supervisor

STOP_LIMIT_SECONDS = 60
END_LIMIT_SECONDS = 15
POLL_SECONDS = 0.1


def clear_away(home: Home, console: Console) -> None:
    """End what an earlier run left, in order while its supervisor lives, by force at last. Call it within only_one."""
    supervisor = Supervisor(home)
    if supervisor.is_up():
        console.say("  An earlier run is still stopping; waiting for it.")
        supervisor.shut_down()
        _wait_until_gone(supervisor)
    left = processes_of(home)
    if left:
        console.say(f"  Ending {len(left)} processes that an earlier run left.")
        end(left)


def processes_of(home: Home) -> list[psutil.Process]:
    """Every process that was launched for this folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == str(home.root) and lives(process):
                found.append(process)
    return found


def end(processes: list[psutil.Process]) -> None:
    """Ask them to end, then make them."""
    for process in processes:
        with suppress(psutil.Error):
            process.send_signal(signal.SIGINT)  # to PostgreSQL it means: now, in order
            process.terminate()
    kill(left_after(processes, END_LIMIT_SECONDS), END_LIMIT_SECONDS)


def require_free(host: str, ports: Mapping[str, int]) -> None:
    """Raise OperatorError if somebody else has one of the ports (name → port)."""
    for name, port in ports.items():
        if not port_is_free(host, port):
            raise OperatorError(
                f"Port {port}, for {name}, is taken by {_owner(port)}: stop that, or set CONNECT_PORT_BASE to the "
                "first of 13 free ports."
            )


def _owner(port: int) -> str:
    with suppress(psutil.Error):
        for link in psutil.net_connections("tcp"):
            if link.status == psutil.CONN_LISTEN and link.laddr and link.laddr.port == port and link.pid:
                return f"{psutil.Process(link.pid).name()} (process {link.pid})"
    return "another program"


def _wait_until_gone(supervisor: Supervisor) -> None:
    until = time.monotonic() + STOP_LIMIT_SECONDS
    while supervisor.is_up() and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
