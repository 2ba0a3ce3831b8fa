"""What is started, with which environment."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from deploy.embedded.certificates import new_certificates
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
    home.kafka.mkdir()  # a start writes the certificate before any service reads it
    (home.kafka / "ca.pem").write_text(new_certificates(["127.0.0.1"], datetime.now(UTC)).authority)
    return load_credentials(home)


def _secrets(credentials: Credentials) -> set[str]:
    everybodys = {*credentials.services.values(), *credentials.kafka.values()}
    return {*everybodys, credentials.postgres_admin, credentials.kafka_admin, credentials.client}


def _told(processes: dict[str, Planned], secret: str) -> set[str]:
    return {name for name, process in processes.items() if secret in process.environment.values()}


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


def test_only_who_makes_topics_and_users_gets_kafkas_administrator(credentials: Credentials, tmp_path: Path) -> None:
    """Breaks when the administrator's sign-in is put into what all processes have in common."""
    _, processes = _plan(credentials, tmp_path)
    assert _told(processes, credentials.kafka_admin) == {"topics", "permissions"}


def test_a_service_reads_its_own_passwords_and_no_other(credentials: Credentials, tmp_path: Path) -> None:
    """Breaks when a service's environment is built from everybody's passwords."""
    _, processes = _plan(credentials, tmp_path)
    for service in SERVICES:
        own = {credentials.services[service], credentials.kafka[service]}
        for process in (service, f"migrate-{service}"):
            assert _secrets(credentials).intersection(processes[process].environment.values()) == own
    assert _secrets(credentials).isdisjoint(processes["demo"].environment.values())


def test_secrets_that_were_in_the_environment_by_chance_reach_no_process(
    credentials: Credentials, tmp_path: Path
) -> None:
    """An .env file of docker-compose.yml may be loaded in the same shell. Breaks when all settings are passed on."""
    names = ("POSTGRES_PASSWORD_INTAKE", "KAFKA_PASSWORD_INTAKE", "KAFKA_ADMIN_PASSWORD", "KAFKA_TLS_KEY")
    more = ("SIGNING_KEY", "CLIENTS", "CLIENT_SECRET")
    _, processes = _plan(credentials, tmp_path, **{f"CONNECT_{name}": f"stray-{name}" for name in (*names, *more)})
    assert not [value for process in processes.values() for value in process.environment.values() if "stray" in value]


def test_a_service_understands_its_environment(credentials: Credentials, tmp_path: Path) -> None:
    runtime, processes = _plan(credentials, tmp_path, CONNECT_PORT_BASE="9000", CONNECT_KAFKA_USER="me")
    for service in SERVICES:
        settings = read_settings(service, processes[service].environment)
        assert settings.http_port == port_of(service, runtime.settings)
        assert settings.postgres.database == settings.postgres.user == f"connect_{service}"
        assert settings.postgres.port == OFFSETS["postgres"] + 9000
        assert settings.kafka == KafkaSettings(
            bootstrap="127.0.0.1:9010",
            security_protocol="SASL_SSL",
            sasl_mechanism="SCRAM-SHA-512",
            user=f"connect_{service}",
            password=SecretStr(credentials.kafka[service]),
            ca_file=tmp_path / "h" / "kafka" / "ca.pem",
        )
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


def test_an_outside_kafka_is_used_as_the_operator_says(credentials: Credentials, tmp_path: Path) -> None:
    """Breaks when our own users are named to a Kafka that does not know them."""
    outside = {"CONNECT_KAFKA_BOOTSTRAP": "kafka.example.org:9092"}
    _, processes = _plan(credentials, tmp_path, **outside)
    assert "permissions" not in processes
    assert read_settings("intake", processes["intake"].environment).kafka == KafkaSettings(
        bootstrap=outside.popitem()[1]
    )
    signing_in = {
        "CONNECT_KAFKA_BOOTSTRAP": "kafka.example.org:9092",
        "CONNECT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "CONNECT_KAFKA_SASL_MECHANISM": "SCRAM-SHA-256",
        "CONNECT_KAFKA_USER": "me",
        "CONNECT_KAFKA_PASSWORD": "mine",
    }
    _, processes = _plan(credentials, tmp_path, **signing_in)
    kafka = read_settings("intake", processes["intake"].environment).kafka
    assert (kafka.user, kafka.sasl_mechanism, kafka.ca_file) == ("me", "SCRAM-SHA-256", None)
    assert "permissions" not in processes


def test_an_outside_kafka_whose_administrator_is_named_gets_a_user_for_each_service(
    credentials: Credentials, tmp_path: Path
) -> None:
    """Breaks when users are made at our own Kafka only."""
    outside = {
        "CONNECT_KAFKA_BOOTSTRAP": "kafka.example.org:9092",
        "CONNECT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "CONNECT_KAFKA_ADMIN_USER": "root",
        "CONNECT_KAFKA_ADMIN_PASSWORD": "secret-of-the-root",
        "CONNECT_KAFKA_ADMIN_SASL_MECHANISM": "PLAIN",
    }
    _, processes = _plan(credentials, tmp_path, **outside)
    assert processes["topics"].environment["CONNECT_KAFKA_ADMIN_SASL_MECHANISM"] == "PLAIN"
    assert _told(processes, "secret-of-the-root") == {"topics", "permissions"}
    assert processes["permissions"].environment["CONNECT_KAFKA_PASSWORD_INTAKE"] == credentials.kafka["intake"]
    kafka = read_settings("intake", processes["intake"].environment).kafka
    assert (kafka.user, kafka.sasl_mechanism) == ("connect_intake", "SCRAM-SHA-512")


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
    assert not any(secret in repr(processes) for secret in _secrets(credentials))
