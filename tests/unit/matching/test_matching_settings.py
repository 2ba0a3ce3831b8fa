"""Where the offers in memory are written."""

from pathlib import Path

import pytest

from services.matching.settings import FOLDER, read_snapshots


def test_the_folder_is_the_one_that_is_named() -> None:
    assert read_snapshots({FOLDER: "/data/offers"}) == Path("/data/offers")


@pytest.mark.parametrize("environment", [{}, {FOLDER: ""}])
def test_without_a_name_it_is_among_the_temporary_files(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: "/temporary")
    assert read_snapshots(environment).parent == Path("/temporary")
