"""The copy of CONNECT that the other commands talk about: the one that runs from CONNECT_HOME."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass

from deploy.embedded.layout import SERVICES, Home, local_url_of, port_of, url_of
from deploy.embedded.settings import settings_from
from deploy.errors import OperatorError
from deploy.supervision.lock import holder_of
from shared.streaming.settings import KafkaSettings, kafka_settings


@dataclass(frozen=True)
class Copy:
    """Its folder, where each part is for others (`addresses`), and where this machine asks a service how it is.

    `kafka` is how this machine asks Kafka.
    """

    home: Home
    addresses: Mapping[str, str]
    probes: Mapping[str, str]
    kafka: KafkaSettings


@dataclass(frozen=True)
class OperatorClient:
    """How the command line signs in to the services."""

    client_id: str
    secret: str


def copy_from(environment: Mapping[str, str]) -> Copy:
    """The copy that runs from CONNECT_HOME, with the ports that it was started with; else what the settings say.

    A CONNECT_URL_… that is set wins over both.
    """
    settings = settings_from(environment)
    home = Home(settings.home)
    if holder_of(home) is not None:
        running = json.loads((home.run / "running.json").read_text())
        addresses = running["addresses"] | settings.urls
        return Copy(home, addresses, running["probes"], _kafka(home, addresses["kafka"], running.get("kafka")))
    servers = {name: f"127.0.0.1:{port_of(name, settings)}" for name in ("kafka", "postgres")}
    return Copy(
        home,
        addresses={name: url_of(name, settings) for name in SERVICES} | servers,
        probes={name: f"{local_url_of(name, settings)}/health/ready" for name in SERVICES},
        kafka=KafkaSettings(bootstrap=servers["kafka"]),
    )


def _kafka(home: Home, address: str, embedded: Mapping[str, str] | None) -> KafkaSettings:
    """The administrator of our own Kafka, whose password the folder keeps; an operator's Kafka as it is set."""
    if embedded is None:
        # With users of our own nobody in particular is set, and SCRAM is only asked whether it is there.
        somebody = {"SASL_MECHANISM": "SCRAM-SHA-512", "USER": "nobody", "PASSWORD": "none"}
        unset = {f"CONNECT_KAFKA_{name}": value for name, value in somebody.items()}
        given = {name: value for name, value in os.environ.items() if value}
        try:
            return kafka_settings(unset | given, bootstrap=address).model_copy(update={"bootstrap": address})
        except ValueError as error:
            raise OperatorError(f"{error}: set it, or another value.") from error
    password = json.loads(home.secrets.read_text())["kafka_admin"]
    return KafkaSettings.model_validate({**embedded, "password": password})


def operator_client(environment: Mapping[str, str]) -> OperatorClient:
    """CONNECT_CLIENT_ID and CONNECT_CLIENT_SECRET if they are set, else the client of CONNECT_HOME."""
    given = environment.get("CONNECT_CLIENT_ID"), environment.get("CONNECT_CLIENT_SECRET")
    if given[0] and given[1]:
        return OperatorClient(given[0], given[1])
    clients = Home(settings_from(environment).home).clients
    try:
        first = json.loads(clients.read_text())[0]
        return OperatorClient(first["client_id"], first["secret"])
    except (OSError, ValueError, LookupError) as error:
        raise OperatorError(
            f"{clients} can't be read: set CONNECT_HOME to the data folder of a running copy, or set CONNECT_CLIENT_ID "
            "and CONNECT_CLIENT_SECRET."
        ) from error
