"""A process reads its settings once, and says which variable is missing or wrong."""

import pytest

from shared.hosting.settings import SettingsError, read_settings

ENOUGH = {"CONNECT_POSTGRES_PASSWORD": "secret-word"}


def test_everything_has_a_default_but_the_password() -> None:
    settings = read_settings("matching", ENOUGH)
    assert (settings.http_port, settings.postgres.port, settings.kafka.bootstrap) == (7402, 7412, "127.0.0.1:7410")
    assert settings.postgres.database == settings.postgres.user == "connect_matching"
    assert settings.urls["portal"] == "http://127.0.0.1:7400"


def test_the_port_base_moves_every_port() -> None:
    settings = read_settings("intake", ENOUGH | {"CONNECT_PORT_BASE": "9000"})
    assert (settings.http_port, settings.postgres.port, settings.urls["monitor"]) == (
        9001,
        9012,
        "http://127.0.0.1:9005",
    )


@pytest.mark.parametrize(
    ("environment", "names"),
    [
        ({}, "CONNECT_POSTGRES_PASSWORD"),
        (ENOUGH | {"CONNECT_PORT_BASE": "many"}, "CONNECT_PORT_BASE"),
        (ENOUGH | {"CONNECT_HTTP_PORT": "70000"}, "http_port"),
        (ENOUGH | {"CONNECT_POSTGRES_PORT": "0"}, "port"),
    ],
)
def test_what_is_wrong_is_named(environment: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        read_settings("intake", environment)


def test_a_service_outside_the_plan_of_ports_must_be_given_one() -> None:
    with pytest.raises(SettingsError, match="CONNECT_HTTP_PORT"):
        read_settings("echo", ENOUGH)
    assert read_settings("echo", ENOUGH | {"CONNECT_HTTP_PORT": "9100"}).http_port == 9100


def test_the_password_does_not_show() -> None:
    assert "secret-word" not in repr(read_settings("intake", ENOUGH))
