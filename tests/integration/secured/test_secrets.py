"""Whatever fails, no secret is told: not in a log at its most talkative, not in a sentence, not in an answer."""

import asyncio
import os
import sys
from asyncio.subprocess import STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.layout import SERVICES
from deploy.embedded.probes import health_of
from deploy.embedded.provision import database_of
from deploy.embedded.testing import EmbeddedServers
from tests.chaos.processes import HOST, a_free_port

pytestmark = [pytest.mark.servers, pytest.mark.timeout(180), pytest.mark.xdist_group("secured kafka")]

WRONG = "a-wrong-word-9d1c"
PREPARE = ("deploy.cli", "prepare")


@dataclass(frozen=True)
class Failure:
    """A process that can't do its work: what is wrong with its settings, and what it has to say of that."""

    command: tuple[str, ...]
    says: str
    settings: Mapping[str, str] = field(default_factory=dict)
    stays_up: bool = False


FAILURES = {
    "a password that PostgreSQL refuses": Failure(
        ("services.intake", "migrate"), "refuses the password of connect_intake", {"POSTGRES_PASSWORD": WRONG}
    ),
    "the database of another service": Failure(
        ("services.intake", "migrate"), "into connect_portal", {"POSTGRES_DATABASE": "connect_portal"}
    ),
    "a PostgreSQL that is away": Failure(
        ("services.intake", "migrate"), "PostgreSQL can't be reached", {"POSTGRES_PORT": "9"}
    ),
    "a migration that fails": Failure(("services.evaluation", "migrate"), "can't be applied"),
    "a setting that can't be": Failure(
        ("services.intake", "all"), "KAFKA_SASL_MECHANISM can't be used", {"KAFKA_SASL_MECHANISM": "MAGIC"}
    ),
    "an administrator whom Kafka refuses": Failure(
        (*PREPARE, "permissions"), "correct CONNECT_KAFKA_ADMIN_USER", {"KAFKA_ADMIN_PASSWORD": WRONG}
    ),
    "topics without the right to make them": Failure(
        (*PREPARE, "topics"), "refuses the password of admin", {"KAFKA_ADMIN_PASSWORD": WRONG}
    ),
    "databases without the right to make them": Failure(
        (*PREPARE, "databases"), "CREATEROLE", {"POSTGRES_ADMIN_USER": "somebody", "POSTGRES_ADMIN_PASSWORD": WRONG}
    ),
    "a password that Kafka refuses": Failure(
        ("services.matching", "all"), "refuses the password", {"KAFKA_PASSWORD": WRONG}, stays_up=True
    ),
    "the user of another service": Failure(
        ("services.exchange", "all"),
        "does not let connect_intake join the group exchange",
        {"KAFKA_USER": "connect_intake"},
        stays_up=True,
    ),
}


async def test_no_failure_tells_a_secret(servers: EmbeddedServers, tmp_path: Path) -> None:
    """Breaks when an error carries its settings, a statement with a password fails, or a client logs its sign-in."""
    await _make_trouble(servers)
    for service in ("matching", "exchange"):
        assert "applied" in await _told(servers, tmp_path / service, Failure((f"services.{service}", "migrate"), ""))
    telling = [_told(servers, tmp_path / name, failure) for name, failure in FAILURES.items()]
    told = dict(zip(FAILURES, await asyncio.gather(*telling), strict=True))
    assert {name: text for name, text in told.items() if FAILURES[name].says not in text} == {}
    told |= {log.name: log.read_text(errors="replace") for log in servers.folder.glob("*.log")}
    assert {"kafka.log", "postgres.log"} <= told.keys()
    secrets = {*_passwords(servers).values(), WRONG}
    assert [(name, secret) for name, text in told.items() for secret in secrets if secret in text] == []


async def _make_trouble(servers: EmbeddedServers) -> None:
    """Somebody who may make no roles, and a table that is in a migration's way."""
    boss = await asyncpg.connect(servers.admin_dsn)
    await boss.execute(f"CREATE ROLE somebody LOGIN PASSWORD '{WRONG}'")
    await boss.execute("GRANT CONNECT ON DATABASE postgres TO somebody")
    await boss.close()
    evaluation = database_of("evaluation")
    owner = await asyncpg.connect(servers.postgres_dsn(evaluation, evaluation))
    await owner.execute("CREATE TABLE inbox (in_the_way int)")
    await owner.close()


async def _told(servers: EmbeddedServers, log: Path, failure: Failure) -> str:
    """All that it prints; for one that stays up also what it answers when it is asked how it is."""
    port = a_free_port()
    environment = _environment(servers, failure, port)
    command = (sys.executable, "-m", *failure.command)
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=out, stderr=STDOUT)
    try:
        answer = await _reasons(process, port, failure.says) if failure.stays_up else ""
        if failure.stays_up:
            process.terminate()
        await asyncio.wait_for(process.wait(), 150)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return answer + await asyncio.to_thread(log.read_text, errors="replace")


async def _reasons(process: Process, port: int, says: str) -> str:
    async with asyncio.timeout(90):
        while process.returncode is None:
            health = await asyncio.to_thread(health_of, f"http://{HOST}:{port}/health/ready")
            if health is not None and says in health.reasons:
                return health.reasons
            await asyncio.sleep(0.1)
    return ""


def _environment(servers: EmbeddedServers, failure: Failure, port: int) -> dict[str, str]:
    service = failure.command[0].partition(".")[2]
    kafka = servers.kafka_administrator if failure.command[:2] == PREPARE else servers.kafka_settings(service)
    passwords = _passwords(servers)
    own = {
        "HTTP_PORT": str(port),
        "LOG_LEVEL": "DEBUG",
        "POSTGRES_HOST": HOST,
        "POSTGRES_PORT": str(servers.postgres_port),
        "POSTGRES_PASSWORD": passwords.get(f"POSTGRES_PASSWORD_{service.upper()}", ""),
        "KAFKA_BOOTSTRAP": kafka.bootstrap,
        "KAFKA_SECURITY_PROTOCOL": kafka.security_protocol,
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_CA_FILE": str(kafka.ca_file),
        "KAFKA_USER": database_of(service),
        "KAFKA_PASSWORD": passwords.get(f"KAFKA_PASSWORD_{service.upper()}", ""),
    }
    if failure.command[:2] == PREPARE:
        administrators = {"KAFKA_ADMIN_USER": "admin", "KAFKA_ADMIN_SASL_MECHANISM": "PLAIN"}
        own |= passwords | administrators | {"POSTGRES_ADMIN_USER": "postgres"}
    if failure.settings.get("KAFKA_USER"):
        own["KAFKA_PASSWORD"] = passwords["KAFKA_PASSWORD_INTAKE"]
    given = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT_")}
    return given | {f"CONNECT_{name}": value for name, value in (own | dict(failure.settings)).items()}


def _passwords(servers: EmbeddedServers) -> dict[str, str]:
    """Every secret there is, as the settings name them."""
    words = {f"POSTGRES_PASSWORD_{name.upper()}": servers.postgres_password(database_of(name)) for name in SERVICES}
    kafka = {f"KAFKA_PASSWORD_{name.upper()}": servers.kafka_settings(name).password for name in SERVICES}
    kafka["KAFKA_ADMIN_PASSWORD"] = servers.kafka_administrator.password
    words |= {name: word.get_secret_value() for name, word in kafka.items() if word}
    return words | {"POSTGRES_ADMIN_PASSWORD": servers.postgres_password("postgres")}
