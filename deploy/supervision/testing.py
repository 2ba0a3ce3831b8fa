"""`connect up` as a person starts it, for tests of the whole: a folder and ports of its own.

    copy = RunningCopy("--no-demo")
    copy.start()                     # returns when it says that it is ready: 10 to 20 s
    try:
        copy.address("portal")       # "http://127.0.0.1:23456"
        copy.environment             # for other commands of `connect` that shall talk to this copy
        copy.process("intake")       # the process number of a part, to do it harm
        copy.connect("journey", "--mode", "internship", "--json")
    finally:
        copy.stop()

Every call returns within a bound, or raises. Nothing is left behind, not even when the test session is killed.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import SystemRandom
from typing import Any

from deploy.embedded import keeper
from deploy.embedded.layout import OFFSETS, Home
from deploy.embedded.probes import port_is_free
from deploy.embedded.testing import HOST, PORTS
from deploy.supervision.supervisor import Supervisor

START_LIMIT_SECONDS = 400
STOP_LIMIT_SECONDS = 120
COMMAND_LIMIT_SECONDS = 300
POLL_SECONDS = 0.1


class CopyError(Exception):
    """The copy did not do what was asked in the time it may take. The text ends with what it printed."""


class RunningCopy:
    """One `connect up` with these arguments; `settings` are more environment variables for it."""

    def __init__(self, *arguments: str, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="connect-copy-"))
        self.home = Home(self.folder / "home")
        given = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT_")}
        own = {"CONNECT_HOME": str(self.home.root), "CONNECT_PORT_BASE": str(free_port_base())}
        self.environment = given | own | settings
        self._arguments = arguments
        self._up: subprocess.Popen[bytes] | None = None
        command = [sys.executable, "-I", "-S", keeper.__file__, str(self.folder)]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)

    def start(self) -> None:
        """Start it and wait until it is ready."""
        self.launch()
        self.wait_for("CONNECT is ready")

    def launch(self) -> None:
        """Start it and return at once."""
        with self._printed.open("wb") as out:
            command = [sys.executable, "-m", "deploy.cli", "up", *self._arguments]
            # A session of its own, as a terminal gives it.
            self._up = subprocess.Popen(
                command, env=self.environment, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True
            )
        self._tell("watch", self._up.pid)

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows the text."""
        until = time.monotonic() + START_LIMIT_SECONDS
        while text not in self.printed():
            if self._up is None or self._up.poll() is not None or time.monotonic() > until:
                raise CopyError(f"connect up did not print {text!r}:\n{self.printed()}")
            time.sleep(POLL_SECONDS)

    def printed(self) -> str:
        """What the terminal shows of the last start."""
        return self._printed.read_text(errors="replace")

    def connect(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command of `connect`, against this copy."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_SECONDS,
            check=False,
        )

    def status(self) -> dict[str, Any]:
        """`connect status --json`."""
        status: dict[str, Any] = json.loads(self.connect("status", "--json").stdout)
        return status

    def not_ready(self) -> dict[str, str]:
        """What `connect status` calls not ready, with the reason."""
        return {name: part["reason"] for name, part in self.status()["parts"].items() if not part["ready"]}

    def address(self, name: str) -> str:
        """Where a service listens."""
        return f"http://{HOST}:{int(self.environment['CONNECT_PORT_BASE']) + OFFSETS[name]}"

    def process(self, name: str) -> int:
        """The process number of a server or a service."""
        return next(child.pid for child in Supervisor(self.home).children() if child.name == name)

    def signal(self, how: signal.Signals) -> None:
        """Send a signal to `connect up` itself."""
        if self._up is not None:
            self._up.send_signal(how)

    def wait(self) -> int:
        """Wait until `connect up` has ended; its exit code."""
        if self._up is None:
            raise CopyError("connect up was not started")
        try:
            code = self._up.wait(STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise CopyError(f"connect up did not end:\n{self.printed()}") from error
        self._tell("forget", self._up.pid)
        return code

    def stop(self) -> None:
        """End it as Ctrl-C does and remove the folder. Safe to repeat."""
        try:
            if self._up is not None and self._up.poll() is None:
                self.signal(signal.SIGINT)
                self.wait()
        finally:
            if self._keeper.stdin is not None:
                self._keeper.stdin.close()
            self._keeper.wait(STOP_LIMIT_SECONDS)
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _printed(self) -> Path:
        return self.folder / "printed"

    def _tell(self, word: str, pid: int) -> None:
        if self._keeper.stdin is not None and not self._keeper.stdin.closed:
            self._keeper.stdin.write(f"{word} {pid}\n")
            self._keeper.stdin.flush()


def free_port_base() -> int:
    """The first of as many free ports in a row as one copy needs."""
    for base in SystemRandom().sample(PORTS, 500):
        if all(port_is_free(HOST, base + offset) for offset in OFFSETS.values()):
            return base
    raise CopyError("no free ports")
