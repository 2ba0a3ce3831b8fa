"""The places of GeoNames as the package brings them, made once and kept in pytest's cache, since that takes seconds."""

from pathlib import Path

import pytest

from shared.vocabulary.places import Places
from shared.vocabulary.places_file import ensure_places_file


@pytest.fixture(scope="session")
def places_path(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of all 235,000 places."""
    cache: pytest.Cache | None = getattr(pytestconfig, "cache", None)
    return ensure_places_file(cache.mkdir("places") if cache else tmp_path_factory.mktemp("places"))


@pytest.fixture(scope="session")
def places(places_path: Path) -> Places:
    """All 235,000 places."""
    return Places(places_path.parent)
