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

from deploy.cli.prepare import command as prepare
from deploy.embedded.layout import SERVICES

ROOT = Path(__file__).parents[3]
ROLES = ("http", "react", "relay", "schedule")
COMPOSE = ROOT / "docker-compose.yml"


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
            ends_by_itself = other in ("topics", "databases") or other.startswith("migrate-")
            expected = "service_completed_successfully" if ends_by_itself else "service_healthy"
            assert how["condition"] == expected, f"{name} waits for {other}"


def test_a_service_gets_no_password_but_its_own(compose: dict[str, Any]) -> None:
    for name, container in compose["services"].items():
        service = next((service for service in SERVICES if service in name.split("-")), None)
        if service:
            secrets = re.findall(r"\$\{(CONNECT_\w*PASSWORD\w*)", json.dumps(container))
            assert set(secrets) == {f"CONNECT_POSTGRES_PASSWORD_{service.upper()}"}


def test_only_the_portal_that_signs_gets_the_key(compose: dict[str, Any]) -> None:
    assert [name for name, container in compose["services"].items() if container.get("secrets")] == ["portal-http"]


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


def _specification() -> dict[str, Any]:
    """The schema of the Compose specification, as the package check-jsonschema carries it."""
    package = importlib.util.find_spec("check_jsonschema")
    assert package is not None
    assert package.origin is not None
    file = Path(package.origin).parent / "builtin_schemas" / "vendor" / "compose-spec.json"
    schema: dict[str, Any] = json.loads(file.read_text())
    return schema
