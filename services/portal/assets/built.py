"""The built files as the pages use them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson

BUILT = Path(__file__).parent.parent / "static" / "built"
MANIFEST = "manifest.json"
ADDRESS = "/static/"
ENCODINGS = {"br": ".br", "gzip": ".gz"}
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


class NotBuilt(Exception):
    """The files are missing; the message says what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """One file, in every encoding that it has; `identity` is the file as it is."""

    media_type: str
    bodies: Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Assets:
    """All files by the names that contain their hash, and those names by what templates call the files."""

    names: Mapping[str, str]
    files: Mapping[str, File]

    def address(self, name: str) -> str:
        """Where a file is served. Raises KeyError for a file that no build made."""
        return ADDRESS + self.names[name]


def read_assets(folder: Path = BUILT) -> Assets:
    """The files of the last build, in memory. Raises NotBuilt."""
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
        files = {name: _file(folder / name) for name in manifest["files"]}
    except (OSError, KeyError, orjson.JSONDecodeError) as error:
        raise NotBuilt(
            "the files that pages load are not built: run `make setup`, or `python -m services.portal.assets build`"
        ) from error
    return Assets(manifest["names"], files)


def _file(path: Path) -> File:
    bodies = {"identity": path.read_bytes()}
    for encoding, suffix in ENCODINGS.items():
        compressed = path.with_name(path.name + suffix)
        if compressed.exists():
            bodies[encoding] = compressed.read_bytes()
    return File(MEDIA_TYPES[path.suffix], bodies)
