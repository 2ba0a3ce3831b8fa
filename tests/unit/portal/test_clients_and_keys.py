"""Machine clients and the signing key, before anything listens."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.portal.rules.clients import (
    Client,
    FailedAttempts,
    TokenRefused,
    TokenRequest,
    TooManyFailures,
    granted_roles,
    hash_secret,
)
from services.portal.settings import read_clients, read_portal_settings
from services.portal.signing import Signer, read_signer
from shared.hosting.settings import SettingsError
from shared.http.auth import AUDIENCE, ISSUER, actor_of
from shared.primitives.actor import Actor
from shared.primitives.ids import new_id
from shared.primitives.terms import Role

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECRET = "s" * 43


def pem(key: Ed25519PrivateKey | X25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def client(*roles: Role) -> Client:
    return Client("journey", hash_secret(SECRET), frozenset(roles))


def test_a_client_gets_no_role_beyond_its_registration() -> None:
    known = client(Role.APPLICANT, Role.COORDINATOR)
    asked = TokenRequest("client_credentials", "journey", SECRET, ["applicant"])
    assert granted_roles(known, asked) == {Role.APPLICANT}
    with pytest.raises(TokenRefused, match="invalid_scope"):
        granted_roles(known, TokenRequest("client_credentials", "journey", SECRET, ["applicant", "operator"]))


def test_an_unknown_client_is_refused_like_a_wrong_secret() -> None:
    refusals = []
    for known, secret in ((None, SECRET), (client(Role.READER), "wrong"), (None, "")):
        with pytest.raises(TokenRefused) as refused:
            granted_roles(known, TokenRequest("client_credentials", "journey", secret))
        refusals.append(str(refused.value))
    assert len(set(refusals)) == 1


def test_failures_are_forgotten_after_a_while_and_never_fill_the_memory() -> None:
    failures = FailedAttempts(limit=2, window=timedelta(minutes=1), remember=3)
    for _ in range(2):
        failures.check("a", NOW)
        failures.add("a", NOW)
    with pytest.raises(TooManyFailures) as barred:
        failures.check("a", NOW + timedelta(seconds=20))
    assert barred.value.retry_after == 40
    failures.check("a", NOW + timedelta(seconds=60))
    for caller in "bcd":
        failures.add(caller, NOW)
    failures.check("a", NOW)


def test_a_token_is_what_other_services_expect() -> None:
    signer, organisation = Signer(Ed25519PrivateKey.generate()), new_id()
    request = TokenRequest("client_credentials", "journey", SECRET, None, organisation, None)
    token = signer.token(request, frozenset({Role.APPLICANT}), datetime.now(UTC))
    key = jwt.PyJWK(signer.public_key)
    assert jwt.get_unverified_header(token)["kid"] == key.key_id
    actor = actor_of(jwt.decode(token, key, ["EdDSA"], audience=AUDIENCE, issuer=ISSUER))
    assert actor == Actor("client:journey", frozenset({Role.APPLICANT}), None, organisation)


def test_the_published_key_holds_nothing_of_the_private_one() -> None:
    assert set(Signer(Ed25519PrivateKey.generate()).public_key) == {"kty", "crv", "x", "kid", "use", "alg"}


def test_the_key_file_is_read_or_refused_with_the_name_of_the_setting(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    with pytest.raises(SettingsError, match=r"CONNECT_SIGNING_KEY_FILE .* can't be read"):
        read_signer(file)
    for content in (b"", b"no key", pem(X25519PrivateKey.generate())):
        file.write_bytes(content)
        with pytest.raises(SettingsError, match="CONNECT_SIGNING_KEY_FILE"):
            read_signer(file)
    key = Ed25519PrivateKey.generate()
    file.write_bytes(pem(key))
    assert read_signer(file).public_key == Signer(key).public_key


def test_settings_name_the_variable_that_is_missing() -> None:
    with pytest.raises(SettingsError, match="CONNECT_SIGNING_KEY_FILE is not set"):
        read_portal_settings({})
    assert read_portal_settings({"CONNECT_SIGNING_KEY_FILE": "k"}).clients_file is None


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        '[{"client_id": "a"}]',
        json.dumps([{"client_id": "a", "secret": SECRET, "roles": ["king"]}]),
        json.dumps([{"client_id": "a", "secret": SECRET, "roles": []}]),
        json.dumps([{"client_id": "a", "secret": "short", "roles": ["reader"]}]),
        json.dumps([{"client_id": "a", "secret": SECRET, "roles": ["reader"]}] * 2),
        json.dumps([{"client_id": "a", "secret": SECRET, "roles": ["reader"], "extra": 1}]),
    ],
)
def test_a_file_of_clients_that_is_wrong_is_refused_without_telling_a_secret(tmp_path: Path, content: str) -> None:
    file = tmp_path / "clients.json"
    file.write_text(content)
    with pytest.raises(SettingsError, match="CONNECT_CLIENTS_FILE") as refused:
        read_clients(file)
    assert SECRET not in str(refused.value)
    assert "short'" not in str(refused.value)


def test_the_clients_of_the_file_are_read_and_without_a_file_there_are_none(tmp_path: Path) -> None:
    file = tmp_path / "clients.json"
    file.write_text(json.dumps([{"client_id": "journey", "secret": SECRET, "roles": ["reader", "coordinator"]}]))
    assert [client.client_id for client in read_clients(file)] == ["journey"]
    assert read_clients(None) == ()
    with pytest.raises(SettingsError, match="can't be read"):
        read_clients(tmp_path / "nothing")
