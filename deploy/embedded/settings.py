"""What the environment says about where CONNECT lives, listens and finds its servers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from deploy.errors import OperatorError

HIGHEST_PORT_BASE = 65535 - 12
URL_PREFIX = "CONNECT_URL_"


class Settings(BaseModel):
    """The environment of `connect up` and its kin. A server that is named here is used; one that is not is embedded."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    home: Path = Field(default=Path(".connect"), alias="CONNECT_HOME")
    port_base: Annotated[int, Field(ge=1024, le=HIGHEST_PORT_BASE)] = Field(default=7400, alias="CONNECT_PORT_BASE")
    http_host: str = Field(default="127.0.0.1", alias="CONNECT_HTTP_HOST")
    kafka_bootstrap: str | None = Field(default=None, alias="CONNECT_KAFKA_BOOTSTRAP")
    kafka_admin_user: str | None = Field(default=None, alias="CONNECT_KAFKA_ADMIN_USER")
    kafka_admin_password: str | None = Field(default=None, alias="CONNECT_KAFKA_ADMIN_PASSWORD", repr=False)
    kafka_admin_mechanism: str = Field(default="SCRAM-SHA-512", alias="CONNECT_KAFKA_ADMIN_SASL_MECHANISM")
    postgres_host: str | None = Field(default=None, alias="CONNECT_POSTGRES_HOST")
    postgres_port: Annotated[int, Field(ge=1, le=65535)] | None = Field(default=None, alias="CONNECT_POSTGRES_PORT")
    postgres_admin_user: str | None = Field(default=None, alias="CONNECT_POSTGRES_ADMIN_USER")
    postgres_admin_password: str | None = Field(default=None, alias="CONNECT_POSTGRES_ADMIN_PASSWORD", repr=False)
    urls: Mapping[str, str] = Field(default={}, description="Public addresses that were set, by service.")

    @property
    def embeds_kafka(self) -> bool:
        """Whether no Kafka of the operator's was named."""
        return self.kafka_bootstrap is None

    @property
    def embeds_postgres(self) -> bool:
        """Whether no PostgreSQL of the operator's was named."""
        return self.postgres_host is None

    @property
    def manages_kafka(self) -> bool:
        """Whether each service is given a user of its own on the operator's Kafka."""
        return bool(self.kafka_admin_user and self.kafka_admin_password)

    def administrator(self) -> tuple[str, str]:
        """Who may make roles and databases on the operator's PostgreSQL. Raises OperatorError if that is not said."""
        if not (self.postgres_admin_user and self.postgres_admin_password):
            raise OperatorError(
                "CONNECT_POSTGRES_HOST names a server of yours: set CONNECT_POSTGRES_ADMIN_USER and "
                "CONNECT_POSTGRES_ADMIN_PASSWORD too, so that roles and databases can be made there."
            )
        return self.postgres_admin_user, self.postgres_admin_password


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment; an empty value counts as not set. Raises OperatorError for an impossible one."""
    try:
        settings = Settings.model_validate({name: value for name, value in environment.items() if value})
    except ValidationError as error:
        first = error.errors()[0]
        name, value = first["loc"][0], first["input"]
        raise OperatorError(f"{name}={value} can't be used ({first['msg'].lower()}): set another value.") from error
    urls = {
        name.removeprefix(URL_PREFIX).lower(): value.rstrip("/")
        for name, value in environment.items()
        if name.startswith(URL_PREFIX) and value
    }
    return settings.model_copy(update={"home": settings.home.expanduser().absolute(), "urls": urls})
