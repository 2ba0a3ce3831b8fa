"""`connect prepare`: make what the services need on Kafka and PostgreSQL. `connect up` does it by itself."""

import asyncio
import os

import click

from deploy.embedded.cluster_id import new_cluster_id
from deploy.embedded.credentials import OPERATOR_CLIENT, clients_document, new_password, new_signing_key
from deploy.embedded.layout import SERVICES, port_of
from deploy.embedded.postgres import ADMIN
from deploy.embedded.provision import Access, provision
from deploy.embedded.settings import settings_from
from deploy.errors import OperatorError


@click.group("prepare")
def command() -> None:
    """Make the topics, roles and databases that the services need. Safe to repeat."""


@command.command()
def databases() -> None:
    """One role and one database per service.

    Takes CONNECT_POSTGRES_HOST, _PORT, _ADMIN_USER and _ADMIN_PASSWORD, and for each service the password that its role
    shall have: CONNECT_POSTGRES_PASSWORD_INTAKE and so on.
    """
    settings = settings_from(os.environ)
    user, password = settings.administrator()
    port = settings.postgres_port or port_of("postgres", settings)
    admin = Access(settings.postgres_host or "127.0.0.1", port, user or ADMIN, password)
    asyncio.run(provision(admin, {name: _needed(f"CONNECT_POSTGRES_PASSWORD_{name.upper()}") for name in SERVICES}))
    click.echo(f"{len(SERVICES)} roles and databases are in place at {admin.host}:{admin.port}.")


@command.command()
@click.option(
    "--replication", default=1, show_default=True, help="Copies of each partition: brokers in the cluster, at most 3."
)
def topics(replication: int) -> None:
    """Every topic of the catalogue. Takes CONNECT_KAFKA_BOOTSTRAP."""
    # The Kafka client takes as long to load as `databases` takes to work.
    from shared.streaming.settings import KafkaSettings  # noqa: PLC0415
    from shared.streaming.topics import KafkaError, TopicsError, ensure_topics_now  # noqa: PLC0415

    settings = settings_from(os.environ)
    bootstrap = settings.kafka_bootstrap or f"127.0.0.1:{port_of('kafka', settings)}"
    kafka = KafkaSettings.model_validate({"bootstrap": bootstrap} | _kafka_sign_in())
    try:
        created = ensure_topics_now(kafka, replication=replication)
    except TopicsError as error:
        raise OperatorError(str(error)) from error
    except (KafkaError, OSError) as error:
        raise OperatorError(
            f"Kafka does not answer at {bootstrap} ({type(error).__name__}): start it, or correct "
            "CONNECT_KAFKA_BOOTSTRAP (without it CONNECT brings its own)."
        ) from error
    click.echo(f"Every topic is in place at {bootstrap}; {len(created)} are new.")


@command.command()
def environment() -> None:
    """Print new passwords and keys for docker-compose.yml, as lines of an .env file. Each call makes others."""
    client = new_password()
    lines = {f"CONNECT_POSTGRES_PASSWORD_{name.upper()}": new_password() for name in SERVICES} | {
        "CONNECT_POSTGRES_ADMIN_PASSWORD": new_password(),
        "CONNECT_KAFKA_CLUSTER_ID": new_cluster_id(),
        "CONNECT_SIGNING_KEY": '"' + new_signing_key().strip().replace("\n", "\\n") + '"',
        "CONNECT_CLIENTS": f"'{clients_document(client)}'",
        "CONNECT_CLIENT_ID": OPERATOR_CLIENT,
        "CONNECT_CLIENT_SECRET": client,
    }
    click.echo("\n".join(f"{name}={value}" for name, value in lines.items()))


def _kafka_sign_in() -> dict[str, str]:
    names = ("security_protocol", "sasl_mechanism", "user", "password")
    given = {name: os.environ.get(f"CONNECT_KAFKA_{name.upper()}") for name in names}
    return {name: value for name, value in given.items() if value}


def _needed(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise OperatorError(f"{name} is not set: set it to the password that this service shall use.")
    return value
