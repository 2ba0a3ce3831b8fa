"""What is started, with which environment."""

from pathlib import Path

import pytest

from deploy.embedded.credentials import Credentials, load_credentials
from deploy.embedded.layout import MARK, OFFSETS, SERVICES, Home, port_of
from deploy.embedded.settings import settings_from
from deploy.errors import OperatorError
from deploy.supervision.plan import Planned, Runtime, plan, runtime_of
from shared.events import catalogue
from shared.hosting.settings import read_settings
from shared.streaming.settings import KafkaSettings


@pytest.fixture
def credentials(tmp_path: Path) -> Credentials:
    home = Home(tmp_path / "h")
    home.open()
    return load_credentials(home)


def _plan(credentials: Credentials, tmp_path: Path, **environment: str) -> tuple[Runtime, dict[str, Planned]]:
    settings = settings_from(environment | {"CONNECT_HOME": str(tmp_path / "h")})
    runtime = runtime_of(settings, Home(settings.home), credentials)
    return runtime, {process.name: process for process in plan(runtime, environment)}


def test_everything_is_embedded_unless_the_environment_names_a_server(credentials: Credentials, tmp_path: Path) -> None:
    _, processes = _plan(credentials, tmp_path)
    assert {name for name, process in processes.items() if process.kind == "server"} == {"kafka", "postgres"}
    outside = {
        "CONNECT_KAFKA_BOOTSTRAP": "kafka.example.org:9092",
        "CONNECT_POSTGRES_HOST": "db.example.org",
        "CONNECT_POSTGRES_ADMIN_USER": "root",
        "CONNECT_POSTGRES_ADMIN_PASSWORD": "secret-of-the-root",
    }
    runtime, processes = _plan(credentials, tmp_path, **outside)
    assert not [process for process in processes.values() if process.kind == "server"]
    assert runtime.addresses()["kafka"] == "kafka.example.org:9092"
    assert runtime.addresses()["postgres"] == "db.example.org:5432"
    assert processes["databases"].environment["CONNECT_POSTGRES_ADMIN_PASSWORD"] == "secret-of-the-root"


def test_only_who_makes_databases_gets_the_administrator(credentials: Credentials, tmp_path: Path) -> None:
    given = {"CONNECT_POSTGRES_ADMIN_USER": "root", "CONNECT_POSTGRES_ADMIN_PASSWORD": "secret-of-the-root"}
    _, processes = _plan(credentials, tmp_path, **given)
    told = {name for name, process in processes.items() if "CONNECT_POSTGRES_ADMIN_PASSWORD" in process.environment}
    assert told == {"databases"}


def test_a_service_reads_its_own_password_and_no_other(credentials: Credentials, tmp_path: Path) -> None:
    _, processes = _plan(credentials, tmp_path)
    for service in SERVICES:
        values = set(processes[service].environment.values())
        assert values.intersection(credentials.services.values()) == {credentials.services[service]}


def test_a_service_understands_its_environment(credentials: Credentials, tmp_path: Path) -> None:
    runtime, processes = _plan(credentials, tmp_path, CONNECT_PORT_BASE="9000", CONNECT_KAFKA_USER="me")
    for service in SERVICES:
        settings = read_settings(service, processes[service].environment)
        assert settings.http_port == port_of(service, runtime.settings)
        assert settings.postgres.database == settings.postgres.user == f"connect_{service}"
        assert settings.postgres.port == OFFSETS["postgres"] + 9000
        assert settings.kafka == KafkaSettings(bootstrap="127.0.0.1:9010", user="me")
        assert settings.urls == {name: f"http://127.0.0.1:{port_of(name, runtime.settings)}" for name in SERVICES}


def test_a_service_keeps_its_place_in_its_group_where_no_second_copy_can_be(
    credentials: Credentials, tmp_path: Path
) -> None:
    _, embedded = _plan(credentials, tmp_path)
    names = [read_settings(name, embedded[name].environment).group_instance_id for name in SERVICES]
    assert None not in names
    assert len(set(names)) == len(SERVICES)
    _, outside = _plan(credentials, tmp_path, CONNECT_KAFKA_BOOTSTRAP="kafka.example.org:9092")
    assert {read_settings(name, outside[name].environment).group_instance_id for name in SERVICES} == {None}


def test_the_ports_are_those_that_a_service_assumes_by_itself() -> None:
    settings = settings_from({})
    assert set(SERVICES) == set(catalogue.SERVICES)
    for service in SERVICES:
        alone = read_settings(service, {"CONNECT_POSTGRES_PASSWORD": "x"})
        assert alone.http_port == port_of(service, settings)
        assert alone.postgres.port == port_of("postgres", settings)
        assert alone.kafka.bootstrap == f"127.0.0.1:{port_of('kafka', settings)}"


def test_every_process_can_be_recognised_as_one_of_this_folder(credentials: Credentials, tmp_path: Path) -> None:
    _, processes = _plan(credentials, tmp_path)
    assert {process.environment[MARK] for process in processes.values()} == {str(tmp_path / "h")}


def test_a_public_address_is_passed_on_and_the_probe_stays_local(credentials: Credentials, tmp_path: Path) -> None:
    public = {"CONNECT_URL_PORTAL": "https://connect.example.org/", "CONNECT_HTTP_HOST": "0.0.0.0"}
    runtime, processes = _plan(credentials, tmp_path, **public)
    assert processes["intake"].environment["CONNECT_URL_PORTAL"] == "https://connect.example.org"
    assert runtime.probes()["portal"] == "http://127.0.0.1:7400/health/ready"


@pytest.mark.parametrize("value", ["80", "65530", "many", "-1"])
def test_an_impossible_port_base_is_refused_by_name(value: str) -> None:
    with pytest.raises(OperatorError, match=f"CONNECT_PORT_BASE={value} can't be used"):
        settings_from({"CONNECT_PORT_BASE": value})


def test_an_outside_postgres_needs_somebody_who_may_make_databases() -> None:
    with pytest.raises(OperatorError, match="CONNECT_POSTGRES_ADMIN_USER"):
        settings_from({"CONNECT_POSTGRES_HOST": "db.example.org"}).administrator()


def test_passwords_are_in_no_description_of_a_process(credentials: Credentials, tmp_path: Path) -> None:
    _, processes = _plan(credentials, tmp_path)
    assert not any(password in repr(processes) for password in credentials.services.values())
