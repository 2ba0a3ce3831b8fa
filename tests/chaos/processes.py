"""Processes of the test services: started, asked how they are, killed, and never left behind."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import SystemRandom

import httpx
import psutil

from deploy.embedded import keeper
from deploy.embedded.probes import port_is_free

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
# Below the range from which the kernel takes the ports of outgoing connections.
PORTS = range(12000, 20000)
POLL = 0.02
PATIENCE = 60.0
LINES_OF_LOG = 30
_given: set[int] = set()


async def until(what: str, holds: Callable[[], Awaitable[bool]], seconds: float = PATIENCE) -> None:
    """Wait until it is so. Fails with `what` if it does not become so in time. Prints how long it took."""
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            while not await holds():
                await asyncio.sleep(POLL)
    except TimeoutError:
        raise AssertionError(f"within {seconds:.0f} seconds it did not become true that {what}") from None
    sys.stdout.write(f"{time.monotonic() - began:6.1f} s until {what}\n")


def a_free_port() -> int:
    """A port on which nobody listens now, and that was not given out before: its process may still be starting."""
    while (port := SystemRandom().choice(PORTS)) in _given or not port_is_free(HOST, port):
        pass
    _given.add(port)
    return port


@dataclass
class Running:
    """One process of a test service, and what it says of itself."""

    child: subprocess.Popen[bytes]
    port: int
    log: Path

    async def health(self) -> tuple[bool, str]:
        """Whether it is ready, and why not; a process that does not answer is not."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.get(f"http://{HOST}:{self.port}/health/ready")
        except httpx.TransportError as error:
            return False, f"no answer ({type(error).__name__})"
        parts = answer.json()["roles"]
        reasons = "; ".join(f"{name}: {part['reason']}" for name, part in parts.items() if not part["ready"])
        return answer.status_code == 200, reasons

    async def stands_by(self) -> bool:
        """Whether its relay waits for the lock that another one holds."""
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
                answer = await client.get(f"http://{HOST}:{self.port}/health/ready")
        except httpx.TransportError:
            return False
        return bool(answer.json()["roles"].get("relay", {}).get("figures", {}).get("standby") == 1)

    async def ready(self, seconds: float = PATIENCE) -> None:
        """Wait until it says that it can work."""

        async def is_ready() -> bool:
            assert self.child.poll() is None, f"the process has ended with {self.child.returncode}:\n{self.tail()}"
            return (await self.health())[0]

        await until(f"{self.log.stem} is ready", is_ready, seconds)

    async def not_ready(self, *reasons: str) -> None:
        """Wait until it says that it can't work, naming each of the reasons."""

        async def says_so() -> bool:
            is_ready, said = await self.health()
            return not is_ready and all(reason in said for reason in reasons)

        await until(f"{self.log.stem} is not ready for {reasons}", says_so)

    async def death(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; returns its exit code, the negative number of a signal that killed it."""

        async def has_ended() -> bool:
            return self.child.poll() is not None

        await until(f"{self.log.stem} ends", has_ended, seconds)
        return int(self.child.returncode)

    async def frozen(self) -> None:
        """Wait until it has stopped itself (see kill_points): it lives, and does nothing."""

        async def is_stopped() -> bool:
            return psutil.Process(self.child.pid).status() == psutil.STATUS_STOPPED

        await until(f"{self.log.stem} is frozen", is_stopped)

    def thaw(self) -> None:
        """Let it go on."""
        self.child.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.child.kill()
        await self.death()

    async def stop(self, seconds: float = PATIENCE) -> int:
        """Ask it to end in order; returns its exit code."""
        self.child.send_signal(signal.SIGTERM)
        return await self.death(seconds)

    def tail(self) -> str:
        """The end of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:])


@dataclass
class Processes:
    """Starts processes and knows all of them. A keeper ends them if the test session is killed."""

    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="connect-chaos-")))
    all: list[Running] = field(default_factory=list)
    _started: int = 0

    def __post_init__(self) -> None:
        command = [sys.executable, "-I", "-S", keeper.__file__, str(self.folder)]
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)

    def start(self, module: str, role: str, environment: Mapping[str, str], *, port: int | None = None) -> Running:
        """Start `python -m module role`."""
        port = port or a_free_port()
        log = self.folder / f"{module.rpartition('.')[2]}-{role}-{self._started}.log"
        with log.open("wb") as out:
            child = subprocess.Popen(
                [sys.executable, "-m", module, role],
                cwd=ROOT,
                env=inherited() | {"CONNECT_HTTP_PORT": str(port)} | dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        self._started += 1
        self._tell("watch", child.pid)
        self.all.append(Running(child, port, log))
        return self.all[-1]

    def forget(self, running: Running) -> None:
        """It has ended: in a long run the system gives its number to others, whom the keeper must not kill."""
        self.all.remove(running)
        self._tell("forget", running.child.pid)
        _show(running)

    async def end(self) -> None:
        """End all, those that do not end in order by force; then nothing is left. Prints how each log ended."""
        for running in self.all:
            if running.child.poll() is None:
                running.child.terminate()
                running.thaw()
        for running in self.all:
            try:
                await running.death(20)
            except AssertionError:
                running.child.kill()
                await running.death()
            self._tell("forget", running.child.pid)
            _show(running)
        assert self._keeper.stdin is not None
        self._keeper.stdin.close()
        await asyncio.to_thread(self._keeper.wait, 20)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell(self, word: str, pid: int) -> None:
        assert self._keeper.stdin is not None
        self._keeper.stdin.write(f"{word} {pid}\n")
        self._keeper.stdin.flush()


def _show(running: Running) -> None:
    sys.stdout.write(f"--- {running.log.name}, ended with {running.child.returncode}\n{running.tail()}\n")


def inherited() -> dict[str, str]:
    """Our environment without what would point the process elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CONNECT_", "CHAOS_"))}
