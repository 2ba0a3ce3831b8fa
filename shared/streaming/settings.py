"""Where Kafka is, and how a client signs in."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator

Protocol = Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]
Mechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]
PREFIX = "CONNECT_KAFKA_"
# What a client that only watches waits for before it is answered, or for as long as Kafka makes it wait: half a second.
PATIENT_BYTES = 65_536


class KafkaSettings(BaseModel):
    """Address of the cluster, and the sign-in where it asks for one. The password never appears in a log or an error.

    `ca_file` holds the certificates, in PEM, by which the cluster is known; without it those of the machine count.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    bootstrap: str = Field(description="host:port[,host:port]")
    security_protocol: Protocol = "PLAINTEXT"
    sasl_mechanism: Mechanism | None = None
    user: str | None = None
    password: SecretStr | None = None
    ca_file: Path | None = None

    @model_validator(mode="after")
    def _can_sign_in(self) -> Self:
        if self.signs_in and not (self.sasl_mechanism and self.user and self.password):
            raise ValueError(
                f"CONNECT_KAFKA_SECURITY_PROTOCOL={self.security_protocol} needs CONNECT_KAFKA_SASL_MECHANISM, "
                "CONNECT_KAFKA_USER and CONNECT_KAFKA_PASSWORD"
            )
        return self

    @property
    def is_encrypted(self) -> bool:
        """Whether the connection is TLS."""
        return self.security_protocol in ("SSL", "SASL_SSL")

    @property
    def signs_in(self) -> bool:
        """Whether a user and a password are sent."""
        return self.security_protocol in ("SASL_PLAINTEXT", "SASL_SSL")

    def ssl_context(self) -> ssl.SSLContext | None:
        """How the cluster is recognised, read anew each time; None if nothing is encrypted. OSError if it can't be."""
        return ssl.create_default_context(cafile=self.ca_file) if self.is_encrypted else None

    def client_options(self) -> dict[str, Any]:
        """What every aiokafka client is given."""
        options: dict[str, Any] = {"bootstrap_servers": self.bootstrap, "security_protocol": self.security_protocol}
        if self.is_encrypted:
            options["ssl_context"] = self.ssl_context()
        if self.signs_in and self.password:
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.user,
                "sasl_plain_password": self.password.get_secret_value(),
            }
        return options


def kafka_settings(environment: Mapping[str, str], *, bootstrap: str) -> KafkaSettings:
    """What CONNECT_KAFKA_… says; an empty value is none. Raises ValueError, in a sentence, for what can't be used."""
    given = {name: environment.get(f"{PREFIX}{name.upper()}") for name in KafkaSettings.model_fields}
    try:
        settings = KafkaSettings.model_validate({"bootstrap": bootstrap} | {name: v for name, v in given.items() if v})
    except ValidationError as error:
        raise ValueError(_sentence(error.errors(include_input=False)[0])) from error
    try:
        settings.ssl_context()
    except OSError as error:
        raise ValueError(
            f"{PREFIX}CA_FILE={settings.ca_file} can't be read as certificates in PEM ({error})"
        ) from error
    return settings


def _sentence(first: Mapping[str, Any]) -> str:
    if not first["loc"]:
        return str(first["ctx"]["error"])
    return f"{PREFIX}{str(first['loc'][0]).upper()} can't be used: {first['msg'].lower()}"
