"""A real Kafka and a real PostgreSQL for a test session, without the supervisor.

    servers = EmbeddedServers()          # in a fixture of session scope
    servers.start()                      # about 4 s: temporary folder, free ports, a role and a database per service
    try:
        servers.kafka_bootstrap                                  # "127.0.0.1:41093"
        servers.postgres_dsn("connect_intake", "connect_intake") # a service's own role and database
        servers.admin_dsn                                        # may make more databases
        servers.kill_kafka(); servers.restart_kafka()            # kill -9; start again on the same port and data
        servers.stop_postgres(); servers.restart_postgres()      # an orderly stop
    finally:
        servers.stop()

Every call returns within a bound, or raises. Nothing is left behind, not even when the session is killed: a keeper
process at the end of a pipe then ends the servers and removes the folder.
"""

import asyncio
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from random import SystemRandom

import psutil
from pydantic import SecretStr

from deploy.embedded import keeper
from deploy.embedded.endings import kill
from deploy.embedded.kafka import KafkaServer
from deploy.embedded.layout import SERVICES
from deploy.embedded.postgres import ADMIN, PostgresServer
from deploy.embedded.probes import kafka_answers, port_is_free
from deploy.embedded.provision import Access, database_of, provision
from shared.streaming.settings import KafkaSettings

HOST = "127.0.0.1"
START_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 20
POLL_SECONDS = 0.05
PORTS = range(20000, 32000)
LINES_OF_LOG = 15


class ServerError(Exception):
    """A server did not do what was asked in the time it may take. The text ends with what it logged."""


class EmbeddedServers:
    """One Kafka and one PostgreSQL. `durable=True` makes PostgreSQL wait for the disk, as outside of tests.

    With `secured=True` Kafka lets in only the services' users and its administrator, as `connect up` has it.
    """

    def __init__(self, *, durable: bool = False, secured: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="connect-test-"))
        kafka_port, controller_port, postgres_port = _free_ports(3)
        self._passwords = {database_of(service): f"test-{service}" for service in SERVICES} | {ADMIN: "test-admin"}
        admin = "test-kafka-admin" if secured else None
        self._kafka = KafkaServer(self.folder / "kafka", kafka_port, controller_port, admin)
        self._postgres = PostgresServer(self.folder / "postgres", postgres_port, "test-admin", durable=durable)
        # What goes before the command of "kafka" or "postgres" at its next start, such as entering a namespace.
        self.before: dict[str, tuple[str, ...]] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._keeper: subprocess.Popen[str] | None = None

    @property
    def kafka_bootstrap(self) -> str:
        return self._kafka.bootstrap

    @property
    def kafka_administrator(self) -> KafkaSettings:
        """Somebody who may do everything on Kafka."""
        return self._kafka.administrator

    def kafka_settings(self, service: str) -> KafkaSettings:
        """How a service signs in to a secured Kafka."""
        own = {"user": database_of(service), "password": SecretStr(self._kafka_password(service))}
        return self._kafka.administrator.model_copy(update={"sasl_mechanism": "SCRAM-SHA-512", **own})

    @property
    def admin_dsn(self) -> str:
        """The superuser, in the database `postgres`."""
        return self.postgres_dsn("postgres", ADMIN)

    @property
    def postgres_port(self) -> int:
        return self._postgres.port

    def postgres_dsn(self, database: str, user: str) -> str:
        """Where a role signs in to a database. The roles are connect_<service> and postgres."""
        return f"postgresql://{user}:{self.postgres_password(user)}@{HOST}:{self._postgres.port}/{database}"

    def postgres_password(self, user: str) -> str:
        """The password of a role: connect_<service> or postgres."""
        return self._passwords[user]

    def start(self) -> None:
        """Start both, and make the roles and databases of the services."""
        command = [sys.executable, "-I", "-S", keeper.__file__, str(self.folder)]
        # Its own session: Ctrl-C at the terminal must not end the keeper before its turn.
        self._keeper = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, start_new_session=True)
        try:
            self._postgres.prepare()
            self._kafka.prepare()
            self._launch("kafka", self._kafka.command())
            self.restart_postgres()
            self._provision()
            self.restart_kafka()
            if self._kafka.admin_password is not None:
                self._grant()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End both in order and remove the folder. Safe to repeat, and after a failed start."""
        self.stop_kafka()
        self.stop_postgres()
        if self._keeper and self._keeper.stdin:
            self._keeper.stdin.close()
            self._keeper.wait(STOP_LIMIT_SECONDS)
            self._keeper = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def secure_kafka(self) -> None:
        """Restart an open Kafka closed, on the data that it has: what the first start of this release does."""
        self.stop_kafka()
        self._kafka = replace(self._kafka, admin_password="test-kafka-admin")  # noqa: S106 -- lives for one test
        self._kafka.prepare()
        self.restart_kafka()
        self._grant()

    def kill_kafka(self) -> None:
        """kill -9, and wait until the process is gone."""
        self._end("kafka", signal.SIGKILL)

    def stop_kafka(self) -> None:
        """An orderly stop."""
        self._end("kafka", signal.SIGTERM)

    def restart_kafka(self) -> None:
        """Start it if it does not run, on the same port and data; returns when the node carries topics again."""
        self._launch("kafka", self._kafka.command())
        self._wait("kafka", lambda: kafka_answers(self._kafka.administrator))

    def kill_postgres(self) -> None:
        """kill -9 of the server and its backends; every connection breaks."""
        self._end("postgres", signal.SIGKILL)

    def stop_postgres(self) -> None:
        """An orderly stop that does not wait for clients."""
        self._end("postgres", signal.SIGINT)

    def restart_postgres(self) -> None:
        """Start it if it does not run, on the same port and data; returns when it takes connections again."""
        self._launch("postgres", self._postgres.command())
        self._wait("postgres", self._postgres.answers)

    def _launch(self, name: str, command: list[str]) -> None:
        if self._is_running(name):
            return
        with self._log(name).open("ab") as log:
            whole = [*self.before.get(name, ()), *command]
            process = subprocess.Popen(whole, stdout=log, stderr=log, stdin=subprocess.DEVNULL, process_group=0)
        self._processes[name] = process
        self._tell("watch", process.pid)

    def _end(self, name: str, how: signal.Signals) -> None:
        process = self._processes.pop(name, None)
        if process is None:
            return
        with suppress(ProcessLookupError):
            # A server's helpers share its group. In an orderly stop it tells them itself.
            if how is signal.SIGKILL:
                _kill_family(process)
            else:
                process.send_signal(how)
        try:
            process.wait(STOP_LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            _kill_family(process)
            process.wait(STOP_LIMIT_SECONDS)
        self._tell("forget", process.pid)

    def _wait(self, name: str, answers: Callable[[], bool]) -> None:
        until = time.monotonic() + START_LIMIT_SECONDS
        while not answers():
            if not self._is_running(name) or time.monotonic() > until:
                state = "did not answer in time" if self._is_running(name) else "ended"
                raise ServerError(f"{name} {state}; its log ends with:\n{_tail(self._log(name))}")
            time.sleep(POLL_SECONDS)

    def _provision(self) -> None:
        """In a thread of its own, since the caller may have an event loop running."""
        access = Access(HOST, self._postgres.port, ADMIN, self._postgres.admin_password)
        passwords = {service: self._passwords[database_of(service)] for service in SERVICES}
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(provision(access, passwords, alone=True))).result()

    def _grant(self) -> None:
        # Loaded here: most tests have an open Kafka and need no administrator's client.
        from deploy.embedded.kafka_access import grant  # noqa: PLC0415

        grant(self._kafka.administrator, {service: self._kafka_password(service) for service in SERVICES})

    @staticmethod
    def _kafka_password(service: str) -> str:
        return f"test-kafka-{service}"

    def _is_running(self, name: str) -> bool:
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def _tell(self, word: str, pid: int) -> None:
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.write(f"{word} {pid}\n")
            self._keeper.stdin.flush()


def _kill_family(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a process and all that descend from it: PostgreSQL's backends each lead a session of their own.

    They are gone afterwards: a server does not start while a backend of the one before still has its shared memory.
    """
    family: list[psutil.Process] = []
    with suppress(psutil.NoSuchProcess):
        family = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    kill(family, STOP_LIMIT_SECONDS)


def _free_ports(count: int) -> list[int]:
    """Ports below the range from which the kernel takes the ports of outgoing connections.

    In that range a client that knocks at a stopped server can be given the server's own port, and then keeps it.
    """
    candidates = SystemRandom().sample(PORTS, 200)
    return list(islice((port for port in candidates if port_is_free(HOST, port)), count))


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-LINES_OF_LOG:])
