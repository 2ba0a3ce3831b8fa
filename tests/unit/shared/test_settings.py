"""A process reads its settings once, and says which variable is missing or wrong."""

import traceback

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
        (ENOUGH | {"CONNECT_KAFKA_SECURITY_PROTOCOL": "TLS"}, "CONNECT_KAFKA_SECURITY_PROTOCOL can't be used"),
        (ENOUGH | {"CONNECT_KAFKA_SECURITY_PROTOCOL": "SASL_SSL"}, "needs CONNECT_KAFKA_SASL_MECHANISM"),
        (
            ENOUGH | {"CONNECT_KAFKA_SECURITY_PROTOCOL": "SSL", "CONNECT_KAFKA_CA_FILE": "/not/there"},
            "CONNECT_KAFKA_CA_FILE=/not/there can't be read",
        ),
    ],
)
def test_what_is_wrong_is_named(environment: dict[str, str], names: str) -> None:
    with pytest.raises(SettingsError, match=names):
        read_settings("intake", environment)


def test_a_service_outside_the_plan_of_ports_must_be_given_one() -> None:
    with pytest.raises(SettingsError, match="CONNECT_HTTP_PORT"):
        read_settings("echo", ENOUGH)
    assert read_settings("echo", ENOUGH | {"CONNECT_HTTP_PORT": "9100"}).http_port == 9100


def test_no_password_shows() -> None:
    """Breaks when a password is kept as a plain text."""
    signed_in = {"SECURITY_PROTOCOL": "SASL_PLAINTEXT", "SASL_MECHANISM": "PLAIN", "USER": "me", "PASSWORD": "word-two"}
    settings = read_settings("intake", ENOUGH | {f"CONNECT_KAFKA_{name}": value for name, value in signed_in.items()})
    assert settings.kafka.client_options()["sasl_plain_password"] == "word-two"
    assert "secret-word" not in repr(settings)
    assert "word-two" not in repr(settings)


def test_a_setting_that_is_wrong_shows_no_password_of_the_others() -> None:
    """pydantic repeats what it was given, the passwords with it. Breaks when its own text goes into ours."""
    wrong = {"SECURITY_PROTOCOL": "SASL_SSL", "SASL_MECHANISM": "PLAIN", "PASSWORD": "word-two"}
    with pytest.raises(SettingsError) as refused:
        read_settings("intake", ENOUGH | {f"CONNECT_KAFKA_{name}": value for name, value in wrong.items()})
    chain = "".join(traceback.format_exception(refused.value))
    assert "needs CONNECT_KAFKA_SASL_MECHANISM, CONNECT_KAFKA_USER" in chain
    assert "word-two" not in chain
    assert "secret-word" not in chain
