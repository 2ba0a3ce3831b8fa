"""The files of the lexicon, which come with the package and are read when they are first needed."""

import tomllib
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

_FOLDER = resources.files("services.matching.engine.text") / "lexicon"


def table(name: str) -> dict[str, Any]:
    """The content of one file, such as `topics`, or of all files of one language, such as `es`, together."""
    place = _FOLDER / name
    if not place.is_dir():
        return _read(_FOLDER / f"{name}.toml")
    return {topic: listed for file in place.iterdir() for topic, listed in _read(file).items()}


def _read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
