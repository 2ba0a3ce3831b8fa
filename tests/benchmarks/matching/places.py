"""The places over which offers are spread: every one of the package, the same order each time."""

import random
import sqlite3

from shared.vocabulary.places_file import INSTALLED, ensure_places_file


def places() -> list[tuple[str, int | None]]:
    """Country and population of each."""
    connection = sqlite3.connect(ensure_places_file(INSTALLED))
    try:
        rows = connection.execute("SELECT country, population FROM place ORDER BY id")
        found = [(str(country), population) for country, population in rows]
    finally:
        connection.close()
    random.Random(1).shuffle(found)
    return found
