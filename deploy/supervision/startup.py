"""From nothing to ready: servers, then topics and databases, then migrations, then services, then the demo data."""

import asyncio
import os
import time
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.layout import SERVICES
from deploy.embedded.probes import Health, health_of, kafka_answers
from deploy.errors import OperatorError
from deploy.supervision.console import Console
from deploy.supervision.plan import Planned, Runtime, launcher
from deploy.supervision.supervisor import Supervisor

SERVER_LIMIT_SECONDS = 60
SERVICE_LIMIT_SECONDS = 120
TASK_LIMIT_SECONDS = 180
DEMO_LIMIT_SECONDS = 600
POLL_SECONDS = 0.1
TASKS_AT_ONCE = max(2, os.cpu_count() or 2)


@dataclass
class Startup:
    """One start of one copy."""

    runtime: Runtime
    processes: dict[str, Planned]
    console: Console

    def __post_init__(self) -> None:
        self._supervisor = Supervisor(self.runtime.home)
        self._turns = asyncio.Semaphore(TASKS_AT_ONCE)

    async def run(self, *, demo: bool) -> None:
        """Bring everything up. Raises OperatorError that names what did not come up and the log that says why."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._kafka())
            group.create_task(self._postgres())
        async with asyncio.TaskGroup() as group:
            for name in SERVICES:
                group.create_task(self._service(name))
        if demo:
            await self._demo()

    async def _kafka(self) -> None:
        server = self.runtime.kafka
        if server:
            with self.console.step("kafka's files", "in place"):
                await asyncio.to_thread(server.prepare)
                self.runtime.home.made("kafka")
            with self.console.step("kafka", f"answers at {server.bootstrap}"):
                self._supervisor.start(self.processes["kafka"])
                await self._server("kafka", lambda: kafka_answers(server.administrator))
        with self.console.step("topics", "all there"):
            await self._task("topics", TASK_LIMIT_SECONDS)
        if "permissions" in self.processes:
            with self.console.step("permissions", "a user for each service"):
                await self._task("permissions", TASK_LIMIT_SECONDS)

    async def _postgres(self) -> None:
        server = self.runtime.postgres
        if server:
            with self.console.step("postgres's files", "in place"):
                await asyncio.to_thread(server.prepare)
                self.runtime.home.made("postgres")
            with self.console.step("postgres", f"answers at 127.0.0.1:{server.port}"):
                self._supervisor.start(self.processes["postgres"])
                await self._server("postgres", server.answers)
        with self.console.step("databases", "one for each service"):
            await self._task("databases", TASK_LIMIT_SECONDS)
        with self.console.step("migrations", "up to date"):
            async with asyncio.TaskGroup() as group:
                for name in SERVICES:
                    group.create_task(self._task(f"migrate-{name}", TASK_LIMIT_SECONDS))

    async def _server(self, name: str, answers: Callable[[], bool]) -> None:
        """Wait until an embedded server answers. It must not die meanwhile: trying again would not help it."""

        async def check() -> bool:
            return await asyncio.to_thread(answers)

        await self._wait(name, check, SERVER_LIMIT_SECONDS, may_die=False)

    async def _service(self, name: str) -> None:
        health: Health | None = None

        async def is_ready() -> bool:
            nonlocal health
            health = await asyncio.to_thread(health_of, self.runtime.probes()[name])
            return health is not None and health.ready

        with self.console.step(name, self.runtime.addresses()[name]):
            self._supervisor.start(self.processes[name])
            try:
                await self._wait(name, is_ready, SERVICE_LIMIT_SECONDS, may_die=True)
            except TimeoutError as error:
                why = health.reasons if health else f"it does not answer; {self._last_words(name)}"
                raise OperatorError(
                    f"{name} is not ready after {SERVICE_LIMIT_SECONDS} s ({why}): see {self._log(name)}"
                ) from error

    async def _wait(self, name: str, check: Callable[[], Awaitable[bool]], limit: float, *, may_die: bool) -> None:
        async with asyncio.timeout(limit):
            while not await check():
                child = next(child for child in self._supervisor.children() if child.name == name)
                if not child.is_running and not may_die:
                    raise OperatorError(
                        f"{name} ended while it started ({self._last_words(name)}): see {self._log(name)}"
                    )
                await asyncio.sleep(POLL_SECONDS)

    async def _task(self, name: str, limit: float, *, tell: bool = False) -> None:
        """Run a process that ends by itself; its output goes to its log, and to the terminal if `tell`.

        Raises OperatorError with its last words.
        """
        async with self._turns:
            process = await asyncio.create_subprocess_exec(
                *launcher(self.runtime, name), stdin=DEVNULL, stdout=PIPE, stderr=STDOUT
            )
            try:
                async with asyncio.timeout(limit):
                    await self._record(name, process, tell=tell)
                    status = await process.wait()
            except TimeoutError as error:
                raise OperatorError(f"{name} took more than {limit:.0f} s: see {self._log(name)}") from error
            finally:
                if process.returncode is None:
                    with suppress(ProcessLookupError):
                        process.kill()
        if status != 0:
            raise OperatorError(self._last_words(name))

    async def _record(self, name: str, process: asyncio.subprocess.Process, *, tell: bool) -> None:
        if process.stdout is None:
            return
        with self._log(name).open("wb") as log:
            async for line in process.stdout:
                log.write(line)
                log.flush()
                if tell:
                    self.console.say(f"    {line.decode(errors='replace').strip()}")

    async def _demo(self) -> None:
        """A copy without its demo data is still of use, so a failure is told and that is all."""
        try:
            with self.console.step("demo data", "in place"):
                await self._task("demo", DEMO_LIMIT_SECONDS, tell=True)
        except OperatorError as error:
            self.console.say(f"  The demo data could not be loaded ({error}); try `connect demo load`.")

    def _log(self, name: str) -> Path:
        return self.runtime.home.logs / f"{name}.log"

    def _last_words(self, name: str) -> str:
        with suppress(OSError):
            lines = [line for line in self._log(name).read_text(errors="replace").splitlines() if line.strip()]
            if lines:
                return lines[-1].strip()
        return "it said nothing"


def seconds_since(begun: float) -> str:
    """How long it has been since a reading of time.monotonic."""
    return f"{time.monotonic() - begun:.1f} s"
