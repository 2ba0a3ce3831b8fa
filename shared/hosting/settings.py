"""A process's settings, read once from the environment."""

import os
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from shared.events.catalogue import SERVICES
from shared.postgres.settings import PostgresSettings
from shared.streaming.settings import KafkaSettings, kafka_settings

DEFAULT_PORT_BASE = 7400
# Where the port of each service is, counted from the base.
PLACES = {"portal": 0, "intake": 1, "matching": 2, "exchange": 3, "evaluation": 4, "monitor": 5}


class SettingsError(Exception):
    """The environment lacks something or holds a wrong value; the message names the variable."""


class Settings(BaseModel):
    """Everything that a process needs to know of its surroundings."""

    model_config = ConfigDict(frozen=True)

    postgres: PostgresSettings
    kafka: KafkaSettings
    http_host: str = "127.0.0.1"
    http_port: int = Field(ge=1, le=65535)
    urls: Mapping[str, str]
    log_level: str = "INFO"
    group_instance_id: str | None = None
    clock_offset_seconds: float = 0.0


def read_settings(service: str, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a service's process. Raises `SettingsError` that names the variable to set."""
    env = os.environ if environment is None else environment
    base = _number(env, "CONNECT_PORT_BASE", DEFAULT_PORT_BASE)
    kafka = _kafka(env, base)
    try:
        return Settings(
            postgres=PostgresSettings(
                host=env.get("CONNECT_POSTGRES_HOST", "127.0.0.1"),
                port=_number(env, "CONNECT_POSTGRES_PORT", base + 12),
                database=env.get("CONNECT_POSTGRES_DATABASE", f"connect_{service}"),
                user=env.get("CONNECT_POSTGRES_USER", f"connect_{service}"),
                password=SecretStr(_needed(env, "CONNECT_POSTGRES_PASSWORD")),
            ),
            kafka=kafka,
            http_host=env.get("CONNECT_HTTP_HOST", "127.0.0.1"),
            http_port=_http_port(env, base, service),
            urls={
                name: env.get(f"CONNECT_URL_{name.upper()}", f"http://127.0.0.1:{base + PLACES[name]}").rstrip("/")
                for name in SERVICES
            },
            log_level=env.get("CONNECT_LOG_LEVEL", "INFO"),
            group_instance_id=env.get("CONNECT_GROUP_INSTANCE_ID") or None,
            clock_offset_seconds=float(_number(env, "CONNECT_CLOCK_OFFSET_SECONDS", 0)),
        )
    except ValidationError as error:
        place = ".".join(map(str, error.errors(include_input=False)[0]["loc"]))
        raise SettingsError(f"the setting {place} is wrong: {error.errors(include_input=False)[0]['msg']}") from error


def _kafka(env: Mapping[str, str], base: int) -> KafkaSettings:
    try:
        return kafka_settings(env, bootstrap=f"127.0.0.1:{base + 10}")
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _http_port(env: Mapping[str, str], base: int, service: str) -> int:
    if service not in PLACES:
        _needed(env, "CONNECT_HTTP_PORT")
    return _number(env, "CONNECT_HTTP_PORT", base + PLACES.get(service, 0))


def _needed(env: Mapping[str, str], name: str) -> str:
    if not env.get(name):
        raise SettingsError(f"{name} is not set; start the service with `connect up`, or set it")
    return env[name]


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, default))
    except ValueError as error:
        raise SettingsError(f"{name} must be a whole number, not {env[name]!r}") from error
