"""Which processes there are, with which environment: everything that is started, as values."""

import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

from deploy.embedded.credentials import Credentials
from deploy.embedded.kafka import KafkaServer
from deploy.embedded.layout import LOOPBACK, MARK, SERVICES, Home, local_url_of, port_of, url_of
from deploy.embedded.postgres import ADMIN, PostgresServer
from deploy.embedded.private import write_private
from deploy.embedded.provision import database_of
from deploy.embedded.settings import Settings
from deploy.supervision import launch
from deploy.supervision.kafka_sign_in import kafka_sign_in

FOR_ADMINISTRATORS = ("CONNECT_POSTGRES_ADMIN_USER", "CONNECT_POSTGRES_ADMIN_PASSWORD")
# Secrets that an .env file for docker-compose.yml may have brought into the environment: no process of ours reads them.
FOR_NOBODY = re.compile(
    r"CONNECT_((POSTGRES|KAFKA)_(ADMIN_.*|PASSWORD_.*)|KAFKA_TLS_.*|SIGNING_KEY|CLIENTS|CLIENT_SECRET)"
)

Kind = Literal["server", "service", "task", "supervisor"]


@dataclass(frozen=True)
class Planned:
    """One process. A server or service is kept alive; a task ends by itself."""

    name: str
    kind: Kind
    command: list[str]
    environment: Mapping[str, str] = field(repr=False)
    stop_signal: str = "SIGTERM"


@dataclass(frozen=True)
class Runtime:
    """One copy of CONNECT: its settings, its folder, its secrets, and the servers that it brings itself."""

    settings: Settings
    home: Home
    credentials: Credentials
    kafka: KafkaServer | None
    postgres: PostgresServer | None

    @property
    def plan_file(self) -> Path:
        return self.home.run / "plan.json"

    @property
    def kafka_bootstrap(self) -> str:
        return self.kafka.bootstrap if self.kafka else str(self.settings.kafka_bootstrap)

    @property
    def postgres_address(self) -> tuple[str, int]:
        return ("127.0.0.1", self.postgres.port) if self.postgres else _outside(self.settings)

    def addresses(self) -> dict[str, str]:
        """Where everything is for others, by name."""
        host, port = self.postgres_address
        services = {name: url_of(name, self.settings) for name in SERVICES}
        return services | {"kafka": self.kafka_bootstrap, "postgres": f"{host}:{port}"}

    def probes(self) -> dict[str, str]:
        """Where this machine asks each service how it is."""
        return {name: f"{local_url_of(name, self.settings)}/health/ready" for name in SERVICES}


def runtime_of(settings: Settings, home: Home, credentials: Credentials) -> Runtime:
    """The copy that these settings describe; a server that they name is not embedded."""
    ports = port_of("kafka", settings), port_of("kafka-controller", settings)
    kafka = KafkaServer(home.kafka, *ports, credentials.kafka_admin)
    postgres = PostgresServer(home.postgres, port_of("postgres", settings), credentials.postgres_admin)
    return Runtime(
        settings,
        home,
        credentials,
        kafka=kafka if settings.embeds_kafka else None,
        postgres=postgres if settings.embeds_postgres else None,
    )


def plan(runtime: Runtime, inherited: Mapping[str, str]) -> list[Planned]:
    """Every process of the copy. `inherited` is the environment of whoever starts it: its CONNECT_ settings go on."""
    given = {name: value for name, value in inherited.items() if name.startswith("CONNECT_") and value}
    common = {name: value for name, value in given.items() if not FOR_NOBODY.fullmatch(name)} | _common(runtime)
    processes = []
    if runtime.kafka:
        processes.append(Planned("kafka", "server", runtime.kafka.command(), common))
    if runtime.postgres:
        processes.append(Planned("postgres", "server", runtime.postgres.command(), common, "SIGINT"))
    prepare = [sys.executable, "-m", "deploy.cli", "prepare"]
    kafka = kafka_sign_in(runtime.kafka, runtime.settings, runtime.credentials.kafka)
    processes.append(Planned("topics", "task", [*prepare, "topics"], common | kafka.administrator))
    if kafka.has_users:
        permissions = common | kafka.administrator | kafka.passwords
        processes.append(Planned("permissions", "task", [*prepare, "permissions"], permissions))
    alone = ["--alone"] if runtime.postgres else []
    processes.append(Planned("databases", "task", [*prepare, "databases", *alone], common | _administrator(runtime)))
    for name in SERVICES:
        environment = common | _service(runtime, name) | kafka.of_service(name)
        module = [sys.executable, "-m", f"services.{name}"]
        processes.append(Planned(f"migrate-{name}", "task", [*module, "migrate"], environment))
        processes.append(Planned(name, "service", [*module, "all"], environment))
    processes.append(Planned("demo", "task", [sys.executable, "-m", "deploy.cli", "demo", "load"], common))
    return processes


def write_plan(runtime: Runtime, processes: list[Planned]) -> None:
    """Put the plan where launch.py finds it, readable by its owner only: it holds passwords."""
    rows = {process.name: asdict(process) for process in processes}
    write_private(runtime.plan_file, json.dumps(rows, indent=1))
    kafka = runtime.kafka.administrator.model_dump(mode="json", exclude={"password"}) if runtime.kafka else None
    running = {"addresses": runtime.addresses(), "probes": runtime.probes(), "kafka": kafka}
    write_private(runtime.home.run / "running.json", json.dumps(running, indent=1))


def launcher(runtime: Runtime, name: str) -> list[str]:
    """The command that becomes the planned process of that name."""
    return [sys.executable, "-I", "-S", str(launch.__file__), str(runtime.plan_file), name]


def _common(runtime: Runtime) -> dict[str, str]:
    settings = runtime.settings
    host, port = runtime.postgres_address
    return {
        MARK: str(runtime.home.root),
        "CONNECT_HOME": str(runtime.home.root),
        "CONNECT_PORT_BASE": str(settings.port_base),
        "CONNECT_HTTP_HOST": settings.http_host,
        "CONNECT_KAFKA_BOOTSTRAP": runtime.kafka_bootstrap,
        "CONNECT_POSTGRES_HOST": host,
        "CONNECT_POSTGRES_PORT": str(port),
        **{f"CONNECT_URL_{name.upper()}": url_of(name, settings) for name in SERVICES},
        "PYTHONUNBUFFERED": "1",
        # glibc gives every thread an arena of its own; two are enough here and save memory.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
    }


def _administrator(runtime: Runtime) -> dict[str, str]:
    embedded = (ADMIN, runtime.credentials.postgres_admin)
    administrator = embedded if runtime.postgres else runtime.settings.administrator()
    passwords = {f"CONNECT_POSTGRES_PASSWORD_{name.upper()}": runtime.credentials.services[name] for name in SERVICES}
    return dict(zip(FOR_ADMINISTRATORS, administrator, strict=True)) | passwords


def _service(runtime: Runtime, name: str) -> dict[str, str]:
    own = {
        "CONNECT_HTTP_PORT": str(port_of(name, runtime.settings)),
        "CONNECT_POSTGRES_DATABASE": database_of(name),
        "CONNECT_POSTGRES_USER": database_of(name),
        "CONNECT_POSTGRES_PASSWORD": runtime.credentials.services[name],
    }
    if runtime.kafka:
        # Nobody else uses this Kafka and each service has one process, so it keeps its place in its group: after a
        # kill it goes on at once. At an outside Kafka a second copy may run, and the two would push each other out.
        own["CONNECT_GROUP_INSTANCE_ID"] = f"{name}-1"
    if name == "monitor" and runtime.settings.http_host in LOOPBACK:
        own.setdefault("CONNECT_MONITOR_OPEN_PAGES", "true")
    if name == "portal":
        own["CONNECT_SIGNING_KEY_FILE"] = str(runtime.home.signing_key)
        own["CONNECT_CLIENTS_FILE"] = str(runtime.home.clients)
    return own


def _outside(settings: Settings) -> tuple[str, int]:
    return str(settings.postgres_host), settings.postgres_port or 5432
