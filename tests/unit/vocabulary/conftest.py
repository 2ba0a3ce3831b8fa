"""The places of GeoNames as the package brings them, made once and kept in pytest's cache, since that takes seconds."""

import pytest

from shared.vocabulary.places import Places


@pytest.fixture(scope="session")
def places(pytestconfig: pytest.Config) -> Places:
    """All 235,000 places."""
    cache = pytestconfig.cache
    assert cache is not None
    return Places(cache.mkdir("places"))
