"""What is installed is pinned, checked, and taken from wherever the machine takes its packages."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.embedded import jars
from deploy.errors import OperatorError

ROOT = Path(__file__).parents[3]
LOCKS = [*sorted((ROOT / "deploy/requirements").glob("*.txt")), jars.LOCK, ROOT / "package-lock.json"]
REQUIREMENTS = [lock for lock in LOCKS if lock.suffix == ".txt"]
JAR = b"what the jar holds"


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_a_host(lock: Path) -> None:
    assert not re.search(r"https?://|\"resolved\"|--(?:extra-)?index|--find-links", lock.read_text())


@pytest.mark.parametrize("lock", REQUIREMENTS, ids=lambda lock: lock.name)
def test_every_package_has_one_version_and_its_hashes(lock: Path) -> None:
    blocks = re.split(r"\n(?=[a-zA-Z])", re.sub(r"^#.*\n", "", lock.read_text()))
    assert blocks
    for block in blocks:
        assert re.match(r"[a-zA-Z0-9._\[\],-]+==\S+ (; [^\\]+)?\\\n", block), block[:60]
        assert "--hash=sha256:" in block


@pytest.fixture
def fetching(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[dict[str, bytes]], None]:
    """Say which jars arrive; the lock wants one, a.jar."""
    monkeypatch.setattr(jars, "jar_folder", lambda: tmp_path / "share" / "kafka")
    monkeypatch.setattr(jars, "locked_jars", lambda: {"a.jar": hashlib.sha256(JAR).hexdigest()})

    def arrive(files: dict[str, bytes]) -> None:
        def fetch(scratch: Path) -> dict[str, Path]:
            for name, content in files.items():
                (scratch / name).write_bytes(content)
            return {name: scratch / name for name in files}

        monkeypatch.setattr(jars, "_fetch", fetch)

    return arrive


def test_jars_that_are_as_locked_are_kept_and_not_fetched_again(
    fetching: Callable[[dict[str, bytes]], None],
) -> None:
    fetching({"a.jar": JAR})
    folder = jars.install_jars()
    assert [jar.name for jar in folder.iterdir()] == ["a.jar"]
    fetching({})
    assert jars.install_jars() == folder


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({"a.jar": b"something else"}, r"a\.jar is not the file that"),
        ({}, r"a\.jar is in .* but did not arrive"),
        ({"a.jar": JAR, "b.jar": JAR}, r"b\.jar, which .* does not list"),
    ],
)
def test_jars_that_are_not_as_locked_are_never_used(
    fetching: Callable[[dict[str, bytes]], None], tmp_path: Path, files: dict[str, bytes], complaint: str
) -> None:
    fetching(files)
    with pytest.raises(OperatorError, match=complaint):
        jars.install_jars()
    assert list((tmp_path / "share").iterdir()) == []
