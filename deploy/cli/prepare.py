"""`connect prepare`: make what the services need on Kafka and PostgreSQL. `connect up` does it by itself."""

import asyncio
import os
from datetime import UTC, datetime

import click

from deploy.embedded.certificates import new_certificates
from deploy.embedded.cluster_id import new_cluster_id
from deploy.embedded.credentials import OPERATOR_CLIENT, clients_document, new_password, new_signing_key
from deploy.embedded.layout import SERVICES, port_of
from deploy.embedded.postgres import ADMIN
from deploy.embedded.provision import Access, provision
from deploy.embedded.settings import settings_from
from deploy.errors import OperatorError
from shared.streaming.settings import KafkaSettings, kafka_settings


@click.group("prepare")
def command() -> None:
    """Make the topics, roles and databases that the services need. Safe to repeat."""


@command.command()
@click.option(
    "--alone", is_flag=True, help="Nobody else uses this server: close its own databases to the services' roles too."
)
def databases(alone: bool) -> None:
    """One role and one database per service.

    Takes CONNECT_POSTGRES_HOST, _PORT, _ADMIN_USER and _ADMIN_PASSWORD, and for each service the password that its role
    shall have: CONNECT_POSTGRES_PASSWORD_INTAKE and so on.
    """
    settings = settings_from(os.environ)
    user, password = settings.administrator()
    port = settings.postgres_port or port_of("postgres", settings)
    admin = Access(settings.postgres_host or "127.0.0.1", port, user or ADMIN, password)
    passwords = {name: _needed(f"CONNECT_POSTGRES_PASSWORD_{name.upper()}") for name in SERVICES}
    asyncio.run(provision(admin, passwords, alone=alone))
    click.echo(f"{len(SERVICES)} roles and databases are in place at {admin.host}:{admin.port}.")


@command.command()
@click.option(
    "--replication", default=1, show_default=True, help="Copies of each partition: brokers in the cluster, at most 3."
)
def topics(replication: int) -> None:
    """Every topic of the catalogue. Takes CONNECT_KAFKA_BOOTSTRAP."""
    # The Kafka client takes as long to load as `databases` takes to work.
    from shared.streaming.refusals import refusal  # noqa: PLC0415
    from shared.streaming.topics import KafkaError, TopicsError, ensure_topics_now  # noqa: PLC0415

    kafka = _kafka()
    try:
        created = ensure_topics_now(kafka, replication=replication)
    except TopicsError as error:
        raise OperatorError(str(error)) from error
    except (KafkaError, OSError) as error:
        refused = asyncio.run(refusal(error, kafka, wish="make the topics"))
        raise OperatorError(
            f"{refused}."
            if refused
            else f"Kafka does not answer at {kafka.bootstrap} ({type(error).__name__}): start it, or correct "
            "CONNECT_KAFKA_BOOTSTRAP (without it CONNECT brings its own)."
        ) from error
    click.echo(f"Every topic is in place at {kafka.bootstrap}; {len(created)} are new.")


@command.command()
def permissions() -> None:
    """One user per service, with the rights that `connect events --permissions` lists and no other.

    Takes CONNECT_KAFKA_BOOTSTRAP, _SECURITY_PROTOCOL and _CA_FILE, CONNECT_KAFKA_ADMIN_USER, _ADMIN_PASSWORD and
    _ADMIN_SASL_MECHANISM, and for each service the password that its user shall have: CONNECT_KAFKA_PASSWORD_INTAKE and
    so on. Users sign in with SCRAM-SHA-512.
    """
    # The administrator's client of Kafka is loaded by who needs it.
    from deploy.embedded.kafka_access import grant  # noqa: PLC0415

    _needed("CONNECT_KAFKA_ADMIN_USER")
    kafka = _kafka()
    granted = grant(kafka, {name: _needed(f"CONNECT_KAFKA_PASSWORD_{name.upper()}") for name in SERVICES})
    click.echo(
        f"{len(SERVICES)} users are in place at {kafka.bootstrap}: {granted.added} rights new, {granted.removed} gone."
    )


@command.command()
def environment() -> None:
    """Print new passwords and keys for docker-compose.yml, as lines of an .env file. Each call makes others."""
    client = new_password()
    kafka = new_certificates(["kafka", "localhost", "127.0.0.1"], datetime.now(UTC))
    lines = {f"CONNECT_POSTGRES_PASSWORD_{name.upper()}": new_password() for name in SERVICES} | {
        "CONNECT_POSTGRES_ADMIN_PASSWORD": new_password(),
        **{f"CONNECT_KAFKA_PASSWORD_{name.upper()}": new_password() for name in SERVICES},
        "CONNECT_KAFKA_ADMIN_PASSWORD": new_password(),
        "CONNECT_KAFKA_CLUSTER_ID": new_cluster_id(),
        "CONNECT_KAFKA_TLS_CA": _one_line(kafka.authority),
        "CONNECT_KAFKA_TLS_KEY": _one_line(kafka.key + kafka.server),
        "CONNECT_SIGNING_KEY": _one_line(new_signing_key()),
        "CONNECT_CLIENTS": f"'{clients_document(client)}'",
        "CONNECT_CLIENT_ID": OPERATOR_CLIENT,
        "CONNECT_CLIENT_SECRET": client,
    }
    click.echo("\n".join(f"{name}={value}" for name, value in lines.items()))


def _one_line(pem: str) -> str:
    """As an .env file carries several lines."""
    return '"' + pem.strip().replace("\n", "\\n") + '"'


def _kafka() -> KafkaSettings:
    """Kafka as its administrator reaches it, if one is named, else as everybody does."""
    settings = settings_from(os.environ)
    given: dict[str, str] = {}
    if settings.manages_kafka:
        given = {
            "CONNECT_KAFKA_USER": str(settings.kafka_admin_user),
            "CONNECT_KAFKA_PASSWORD": str(settings.kafka_admin_password),
            "CONNECT_KAFKA_SASL_MECHANISM": settings.kafka_admin_mechanism,
        }
    try:
        return kafka_settings(os.environ | given, bootstrap=f"127.0.0.1:{port_of('kafka', settings)}")
    except ValueError as error:
        raise OperatorError(f"{error}: set it, or another value.") from error


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise OperatorError(f"{name} is not set: set it to the password that this service shall use.")
    return value
