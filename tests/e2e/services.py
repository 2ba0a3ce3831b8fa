"""The six services as processes, on a Kafka and a PostgreSQL of their own, for tests of the whole.

    with RunningServices.started() as services:
        services.url("portal")                  # "http://127.0.0.1:23456"
        services.connect("journey", "--mode", "internship", "--json")
        services.kill("exchange")               # kill -9; every call waits until what it asks for is so
        services.restart("exchange")
        services.stop("matching")               # an orderly end
        services.servers.kill_kafka()

Everything is bounded, and nothing is left behind, not even when the test session is killed.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

from deploy.embedded import keeper
from deploy.embedded.credentials import load_credentials
from deploy.embedded.layout import OFFSETS, SERVICES, Home
from deploy.embedded.probes import health_of
from deploy.embedded.provision import database_of
from deploy.embedded.testing import HOST, EmbeddedServers
from deploy.supervision.testing import free_port_base
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.settings import PostgresSettings
from shared.streaming.settings import KafkaSettings
from shared.streaming.topics import ensure_topics_now

READY_WITHIN = 240.0
ENDS_WITHIN = 60.0
COMMAND_WITHIN = 240.0
LOOK_EVERY = 0.05
LINES_OF_LOG = 20


class ServiceError(Exception):
    """A service did not do what was asked in the time it may take. The text ends with what it logged."""


@dataclass
class RunningServices:
    """Six processes with all their roles. `home` is what the command line needs to know of them."""

    servers: EmbeddedServers
    folder: Path
    home: Home
    port_base: int
    _keeper: subprocess.Popen[str]
    _processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def started(
        cls, *, durable: bool = False, first: Callable[[EmbeddedServers], None] | None = None
    ) -> Iterator["RunningServices"]:
        """Everything up and ready; everything gone afterwards. `durable` as in EmbeddedServers.

        `first` is done to the servers before a service is started.
        """
        folder = Path(tempfile.mkdtemp(prefix="connect-services-"))
        command = [sys.executable, "-I", "-S", keeper.__file__, str(folder)]
        # Its own session: Ctrl-C at the terminal must not end the keeper before its turn.
        watching = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        servers, home = EmbeddedServers(durable=durable), Home(folder / "home")
        services = cls(servers, folder, home, 0, watching)
        try:
            home.open()
            load_credentials(home)
            servers.start()
            services.port_base = free_port_base()  # now, that the servers have theirs
            if first is not None:
                first(servers)
            for name in SERVICES:
                services.launch(name)
            with ThreadPoolExecutor(1) as thread:  # the caller may have an event loop running
                thread.submit(services._prepare).result()
            services.wait_until_ready(*SERVICES)
            yield services
        finally:
            services._end()

    @property
    def environment(self) -> dict[str, str]:
        """For commands that shall talk to these services, and to no others."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT_")}
        return inherited | {"CONNECT_HOME": str(self.home.root), "CONNECT_PORT_BASE": str(self.port_base)}

    def url(self, name: str) -> str:
        """Where a service listens."""
        return f"http://{HOST}:{self.port_base + OFFSETS[name]}"

    def pid(self, name: str) -> int:
        """The process number of a service, to do it harm."""
        return self._processes[name].pid

    def log(self, name: str) -> Path:
        """What a service has logged since the first start."""
        return self.home.logs / f"{name}.log"

    def launch(self, name: str) -> None:
        """Start a service and return at once."""
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"services.{name}", "all"],
                env=self._environment_of(name),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                process_group=0,
            )
        self._processes[name] = process
        self._tell("watch", process.pid)

    def kill(self, name: str) -> None:
        """kill -9."""
        self._finish(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """An orderly end."""
        self._finish(name, signal.SIGTERM)

    def restart(self, name: str) -> None:
        """Start a service that was killed or stopped; returns when it is ready."""
        self.launch(name)
        self.wait_until_ready(name)

    def wait_until_ready(self, *names: str) -> None:
        """Return when all of them are ready."""
        until = time.monotonic() + READY_WITHIN
        for name in names:
            while (health := health_of(f"{self.url(name)}/health/ready")) is None or not health.ready:
                process = self._processes[name]
                if process.poll() is not None or time.monotonic() > until:
                    why = health.reasons if health else f"no answer, exit code {process.returncode}"
                    raise ServiceError(f"{name} is not ready ({why}); its log ends with:\n{self._tail(name)}")
                time.sleep(LOOK_EVERY)

    def connect(self, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """A command of `connect`, against these services; `settings` are more environment variables for it."""
        return subprocess.run(
            [sys.executable, "-m", "deploy.cli", *arguments],
            env=self.environment | settings,
            capture_output=True,
            text=True,
            timeout=COMMAND_WITHIN,
            check=False,
        )

    @contextmanager
    def connecting(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """The same while it runs, to read its lines as they come; it is ended if it did not end by itself."""
        command = [sys.executable, "-u", "-m", "deploy.cli", *arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, env=self.environment, stdout=pipe, stderr=pipe, text=True) as running:
            self._tell("watch", running.pid)
            try:
                yield running
            finally:
                if running.poll() is None:
                    running.kill()
        self._tell("forget", running.pid)

    def keep_logs(self) -> Path:
        """Copy the logs to where they outlive the test; returns the folder."""
        kept = Path(tempfile.mkdtemp(prefix="connect-logs-"))
        shutil.copytree(self.home.logs, kept, dirs_exist_ok=True)
        for log in self.servers.folder.glob("*.log"):
            shutil.copy(log, kept)
        return kept

    def _prepare(self) -> None:
        ensure_topics_now(KafkaSettings(bootstrap=self.servers.kafka_bootstrap))
        asyncio.run(self._migrate())

    async def _migrate(self) -> None:
        for name in SERVICES:
            folder = Path(import_module(f"services.{name}").__path__[0]) / "migrations"
            settings = PostgresSettings.model_validate(self._postgres(name))
            connection = await pool.connect(settings, application="test migrations")
            try:
                await migrate(connection, read_migrations(name, folder))
            finally:
                await connection.close()

    def _postgres(self, name: str) -> dict[str, str]:
        role = database_of(name)
        password = self.servers.postgres_password(role)
        port = str(self.servers.postgres_port)
        return {"host": HOST, "port": port, "database": role, "user": role, "password": password}

    def _environment_of(self, name: str) -> dict[str, str]:
        postgres = {f"CONNECT_POSTGRES_{key.upper()}": value for key, value in self._postgres(name).items()}
        files = {
            "CONNECT_SIGNING_KEY_FILE": str(self.home.signing_key),
            "CONNECT_CLIENTS_FILE": str(self.home.clients),
        }
        kafka = {
            "CONNECT_KAFKA_BOOTSTRAP": self.servers.kafka_bootstrap,
            "CONNECT_GROUP_INSTANCE_ID": f"{name}-1",  # as in the embedded runtime
        }
        return self.environment | postgres | kafka | (files if name == "portal" else {})

    def _finish(self, name: str, how: signal.Signals) -> None:
        process = self._processes[name]
        if process.poll() is None:
            process.send_signal(how)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.wait(ENDS_WITHIN)
            raise ServiceError(f"{name} did not end; its log ends with:\n{self._tail(name)}") from error
        finally:
            self._tell("forget", process.pid)

    def _end(self) -> None:
        running = [process for process in self._processes.values() if process.poll() is None]
        for process in running:
            process.terminate()
        for process in running:
            try:
                process.wait(ENDS_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(ENDS_WITHIN)
        self.servers.stop()
        if self._keeper.stdin:
            self._keeper.stdin.close()
        self._keeper.wait(ENDS_WITHIN)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell(self, word: str, pid: int) -> None:
        if self._keeper.stdin and not self._keeper.stdin.closed:
            self._keeper.stdin.write(f"{word} {pid}\n")
            self._keeper.stdin.flush()

    def _tail(self, name: str) -> str:
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-LINES_OF_LOG:])
