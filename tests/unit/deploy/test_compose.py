"""docker-compose.yml: valid by the Compose specification, complete, and closed between services."""

import importlib.util
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from cryptography import x509

from deploy.cli.prepare import command as prepare
from deploy.embedded import kafka_security
from deploy.embedded.layout import SERVICES

ROOT = Path(__file__).parents[3]
ROLES = ("http", "react", "relay", "schedule")
COMPOSE = ROOT / "docker-compose.yml"
CA_FILE = Path("/run/secrets/kafka-ca")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    return document


def test_the_compose_specification_accepts_it(compose: dict[str, Any]) -> None:
    jsonschema.Draft7Validator(_specification()).validate(compose)


def test_the_compose_specification_would_refuse_a_misspelt_key(compose: dict[str, Any]) -> None:
    broken = compose | {"services": {"kafka": {"image": "apache/kafka:4.4.0", "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.Draft7Validator(_specification()).validate(broken)


def test_every_service_and_role_has_a_container(compose: dict[str, Any]) -> None:
    commands = {tuple(container.get("command", ())) for container in compose["services"].values()}
    for service in SERVICES:
        for role in (*ROLES, "migrate"):
            assert ("python", "-m", f"services.{service}", role) in commands


def test_a_container_waits_only_for_containers_that_exist(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        for other, how in container.get("depends_on", {}).items():
            assert other in compose["services"], name
            ends_by_itself = other in ("topics", "permissions", "databases") or other.startswith("migrate-")
            expected = "service_completed_successfully" if ends_by_itself else "service_healthy"
            assert how["condition"] == expected, f"{name} waits for {other}"


def test_a_service_gets_no_password_but_its_own(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        service = next((service for service in SERVICES if service in name.split("-")), None)
        if service:
            secrets = re.findall(r"\$\{(CONNECT_\w*PASSWORD\w*)", json.dumps(container))
            assert set(secrets) == {f"CONNECT_{server}_PASSWORD_{service.upper()}" for server in ("POSTGRES", "KAFKA")}


@pytest.mark.parametrize(
    ("secret", "holders"),
    [("signing-key", {"portal-http"}), ("clients", {"portal-http"}), ("kafka-key", {"kafka"})],
)
def test_only_who_signs_or_serves_gets_the_key(compose: dict[str, Any], secret: str, holders: set[str]) -> None:
    """Breaks when a key is put where every container has it."""
    assert {
        name for name, container in compose["services"].items() if secret in container.get("secrets", ())
    } == holders


def test_only_who_makes_topics_and_users_signs_in_as_kafkas_administrator(compose: dict[str, Any]) -> None:
    """Breaks when the administrator's password is put into the environment that all have in common."""
    told = {name for name, container in compose["services"].items() if "KAFKA_ADMIN_PASSWORD" in json.dumps(container)}
    assert told == {"kafka", "topics", "permissions"}


def test_kafka_is_closed_as_the_embedded_one_is(compose: dict[str, Any]) -> None:
    """Breaks when a setting that lets nobody in unasked is in one of the two only."""
    environment = compose["services"]["kafka"]["environment"]
    password = '${CONNECT_KAFKA_ADMIN_PASSWORD:?run "connect prepare environment > .env"}'
    expected = kafka_security.closed(password, key=Path("/run/secrets/kafka-key"), authority=CA_FILE)
    assert {name: environment.get(_variable(name)) for name in expected} == expected
    listeners = environment["KAFKA_LISTENERS"].split(",")
    assert {listener.partition(":")[0].lower() for listener in listeners} == set(kafka_security.LISTENERS)


def test_every_container_of_ours_knows_kafka_by_its_certificate(compose: dict[str, Any]) -> None:
    """Breaks when a container is told of a file that it does not have."""
    for name, container in compose["services"].items():
        if container["image"].startswith("connect:"):
            assert "kafka-ca" in container["secrets"], name
            assert container["environment"]["CONNECT_KAFKA_CA_FILE"] == str(CA_FILE), name
            assert container["environment"]["CONNECT_KAFKA_SECURITY_PROTOCOL"] == "SASL_SSL", name


def test_the_certificate_that_is_made_is_kafkas_and_its_clients_accept_it() -> None:
    """Breaks when it is made for another host name, or an .env file can't carry it."""
    lines = dict(line.split("=", 1) for line in CliRunner().invoke(prepare, ["environment"]).output.splitlines())
    authority, both = (lines[f"CONNECT_KAFKA_TLS_{name}"].strip('"').replace("\\n", "\n") for name in ("CA", "KEY"))
    certificate = x509.load_pem_x509_certificate(both[both.index("-----BEGIN CERT") :].encode())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert "kafka" in names.get_values_for_type(x509.DNSName)
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.encode()))


def test_what_has_no_default_is_named_when_it_is_missing_and_made_by_a_command() -> None:
    used = re.findall(r"\$\{(\w+)(:[-?])?", COMPOSE.read_text())
    required = {name for name, how in used if how != ":-"}
    assert all(how == ":?" for name, how in used if name in required)
    printed = CliRunner().invoke(prepare, ["environment"]).output
    made = {line.partition("=")[0] for line in printed.splitlines()}
    assert required <= made
    assert set(re.findall(r"environment: (CONNECT_\w+) }", COMPOSE.read_text())) <= made


def test_containers_of_ours_are_unprivileged_and_checked(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        if container["image"].startswith("connect:"):
            assert container["read_only"], name
            assert container["cap_drop"] == ["ALL"], name
            assert container["healthcheck"], name


def test_nothing_listens_beyond_this_machine(compose: dict[str, Any]) -> None:
    ports = [port for container in compose["services"].values() for port in container.get("ports", ())]
    assert len(ports) == len(SERVICES)
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_servers_have_the_versions_that_are_embedded(compose: dict[str, Any]) -> None:
    jars = (ROOT / "deploy/kafka/jgo.toml").read_text()
    kafka = compose["services"]["kafka"]["image"].partition(":")[2]
    assert f"kafka_2.13:{kafka}!" in jars
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    embedded = next(name for name in project["optional-dependencies"]["embedded"] if name.startswith("embedded-pos"))
    postgres = compose["services"]["postgres"]["image"].partition(":")[2]
    assert embedded.partition("==")[2].startswith(f"{postgres}.")


def test_the_image_runs_as_an_ordinary_user_and_copies_what_exists() -> None:
    lines = (ROOT / "deploy/Dockerfile").read_text().splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users[-1:] == ["10001:10001"]
    sources = [word for line in lines if re.match(r"COPY (?!--from)", line) for word in line.split()[1:-1]]
    assert sources
    assert all((ROOT / source).exists() for source in sources)


def _variable(setting: str) -> str:
    """The image's rule for what a setting of Kafka is called in the environment."""
    return "KAFKA_" + setting.replace("_", "__").replace("-", "___").replace(".", "_").upper()


def _specification() -> dict[str, Any]:
    """The schema of the Compose specification, as the package check-jsonschema carries it."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: dict[str, Any] = json.loads(file.read_text())
    return schema
