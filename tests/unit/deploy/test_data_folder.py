"""The data folder: made once, found again, and refused when a part of it is gone."""

import json
from pathlib import Path

import pytest

from deploy.embedded.credentials import load_credentials
from deploy.embedded.layout import PARTS, SERVICES, Home
from deploy.errors import OperatorError


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder that has everything that a running copy leaves."""
    home = Home(tmp_path / "h")
    home.open()
    load_credentials(home)
    for part in ("kafka", "postgres"):
        for name in PARTS[part]:
            (home.root / name).parent.mkdir(parents=True, exist_ok=True)
            (home.root / name).touch()
        home.made(part)
    return home


def test_yesterdays_folder_opens_again(home: Home) -> None:
    home.open()
    assert json.loads(home.marker.read_text())["parts"] == ["kafka", "postgres", "secrets"]


@pytest.mark.parametrize("gone", [name for part in PARTS.values() for name in part])
def test_a_folder_that_lost_a_part_is_refused_with_what_is_missing(home: Home, gone: str) -> None:
    (home.root / gone).unlink()
    with pytest.raises(OperatorError) as refused:
        home.open()
    assert gone in str(refused.value)
    assert str(home.root) in str(refused.value)
    assert "CONNECT_HOME" in str(refused.value)


def test_a_folder_that_lost_its_marker_is_refused(home: Home) -> None:
    home.marker.unlink()
    with pytest.raises(OperatorError, match=r"home\.json is missing"):
        home.open()


def test_an_interrupted_first_start_is_taken_up_again(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    home.open()
    home.signing_key.touch()  # the secrets were being made, and are not noted yet
    home.open()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"layout": 1}'])
def test_a_marker_that_cannot_be_read_is_named(home: Home, text: str) -> None:
    home.marker.write_text(text)
    with pytest.raises(OperatorError, match=r"home\.json can't be read"):
        home.open()


def test_a_folder_of_another_version_is_left_alone(home: Home) -> None:
    home.marker.write_text('{"layout": 2, "parts": []}')
    with pytest.raises(OperatorError, match="another version"):
        home.open()


def test_a_path_that_is_no_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OperatorError, match="can't be written"):
        Home(tmp_path / "file" / "h").open()


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    home = Home(tmp_path / ("x" * 120))
    with pytest.raises(OperatorError, match="shorter"):
        home.open()
    assert not home.root.exists()


def test_secrets_are_made_once_and_only_their_owner_reads_them(home: Home) -> None:
    first = load_credentials(home)
    key = home.signing_key.read_bytes()
    assert load_credentials(home) == first
    assert home.signing_key.read_bytes() == key
    for file in (home.secrets, home.signing_key, home.clients):
        assert file.stat().st_mode & 0o777 == 0o600
    passwords = {first.postgres_admin, first.client, first.kafka_admin, *first.services.values(), *first.kafka.values()}
    assert len(passwords) == 2 * len(SERVICES) + 3
    assert not any(password in repr(first) for password in passwords)


def test_a_service_that_is_new_gets_a_password_and_the_others_keep_theirs(home: Home) -> None:
    before = load_credentials(home)
    known = json.loads(home.secrets.read_text())
    del known["services"]["monitor"]
    home.secrets.write_text(json.dumps(known))
    after = load_credentials(home)
    assert after.services["monitor"]
    assert {name: after.services[name] for name in SERVICES if name != "monitor"} == {
        name: before.services[name] for name in SERVICES if name != "monitor"
    }


def test_a_folder_of_the_release_before_gets_passwords_for_kafka(home: Home) -> None:
    """Breaks when the new passwords are required in the file."""
    before = load_credentials(home)
    known = json.loads(home.secrets.read_text())
    del known["kafka"], known["kafka_admin"]
    home.secrets.write_text(json.dumps(known))
    after = load_credentials(home)
    assert after.services == before.services
    assert len({after.kafka_admin, *after.kafka.values()}) == len(SERVICES) + 1
    assert load_credentials(home) == after


def test_secrets_that_cannot_be_read_are_never_replaced(home: Home) -> None:
    home.secrets.write_text("{}")
    with pytest.raises(OperatorError, match=r"secrets\.json can't be read"):
        load_credentials(home)
    assert home.secrets.read_text() == "{}"
