"""Where things are: the ports of one copy of CONNECT and the files of its data folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.settings import Settings
from deploy.errors import OperatorError

SERVICES = ("portal", "intake", "matching", "exchange", "evaluation", "monitor")
OFFSETS = {name: offset for offset, name in enumerate(SERVICES)} | {"kafka": 10, "kafka-controller": 11, "postgres": 12}

EVERY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 -- recognised, not bound

LOOPBACK = ("127.0.0.1", "localhost", "::1")

# Marks a process as one of ours, with the folder that it belongs to; inherited by its own children.
MARK = "CONNECT_PROCESS"

LAYOUT_VERSION = 1
LONGEST_SOCKET_PATH = 100  # the kernel allows 107 bytes, and the supervisor adds its process id while it starts

# What must be there once a part of the folder was made. A part whose files went missing is damage, not a first start.
PARTS = {
    "secrets": ("secrets.json", "signing-key.pem", "clients.json"),
    "kafka": ("kafka/data/meta.properties",),
    "postgres": ("postgres/data/PG_VERSION", "postgres/data/global/pg_control"),
}


def port_of(name: str, settings: Settings) -> int:
    """The port of a service or server of this copy."""
    return settings.port_base + OFFSETS[name]


def url_of(service: str, settings: Settings) -> str:
    """The public address of a service's HTTP: as it was set, else where it listens."""
    return settings.urls.get(service) or local_url_of(service, settings)


def local_url_of(service: str, settings: Settings) -> str:
    """Where this machine reaches a service's HTTP."""
    host = "127.0.0.1" if settings.http_host in EVERY_ADDRESS else settings.http_host
    return f"http://{host}:{port_of(service, settings)}"


@dataclass(frozen=True)
class Home:
    """The data folder: one folder, one copy of CONNECT."""

    root: Path

    @property
    def marker(self) -> Path:
        return self.root / "home.json"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets.json"

    @property
    def signing_key(self) -> Path:
        return self.root / "signing-key.pem"

    @property
    def clients(self) -> Path:
        return self.root / "clients.json"

    @property
    def kafka(self) -> Path:
        return self.root / "kafka"

    @property
    def postgres(self) -> Path:
        return self.root / "postgres"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def socket(self) -> Path:
        return self.run / "supervisor.sock"

    def open(self) -> None:
        """Make the folder on the first start; later, refuse one whose parts went missing. Raises OperatorError."""
        if len(str(self.socket).encode()) > LONGEST_SOCKET_PATH:
            raise OperatorError(f"CONNECT_HOME={self.root} is too long a path for a socket: choose a shorter one.")
        parts = self._parts()
        for part in parts:
            self._require(part)
        try:
            for folder in (self.root, self.logs, self.run):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._remember(parts)
        except OSError as error:
            raise OperatorError(
                f"The data folder {self.root} can't be written ({error.strerror}): set CONNECT_HOME to one that can."
            ) from error

    def made(self, part: str) -> None:
        """Remember that a part is complete, so that its loss is noticed."""
        self._require(part)
        self._remember(sorted({*self._parts(), part}))

    def _parts(self) -> list[str]:
        if not self.marker.exists():
            left = [name for part in PARTS.values() for name in part if (self.root / name).exists()]
            if left:
                raise self._incomplete(self.marker.name, left[0])
            return []
        try:
            marker = json.loads(self.marker.read_text())
            version, parts = marker["layout"], list(marker["parts"])
        except (ValueError, KeyError, TypeError) as error:
            raise OperatorError(f"{self.marker} can't be read: restore it, or choose another CONNECT_HOME.") from error
        if version != LAYOUT_VERSION:
            raise OperatorError(f"{self.root} was made by another version of CONNECT: choose another CONNECT_HOME.")
        return parts

    def _require(self, part: str) -> None:
        for name in PARTS[part]:
            if not (self.root / name).exists():
                raise self._incomplete(name, self.marker.name)

    def _remember(self, parts: list[str]) -> None:
        fresh = self.marker.with_suffix(".new")
        fresh.write_text(json.dumps({"layout": LAYOUT_VERSION, "parts": parts}) + "\n")
        fresh.rename(self.marker)

    def _incomplete(self, missing: str, present: str) -> OperatorError:
        return OperatorError(
            f"The data folder {self.root} is incomplete ({missing} is missing, {present} is there): put back what is "
            "missing, or delete the whole folder and its data, or choose another with CONNECT_HOME."
        )
