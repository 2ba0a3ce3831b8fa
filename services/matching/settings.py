"""What matching's own environment variables say."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

FOLDER = "CONNECT_MATCHING_SNAPSHOTS"


def snapshots() -> Path:
    """The folder of the offers in memory, written for the next start."""
    return read_snapshots(os.environ)


def read_snapshots(environment: Mapping[str, str]) -> Path:
    """The folder that an environment names; without one, or with an empty value, one among the temporary files."""
    named = environment.get(FOLDER)
    return Path(named) if named else Path(tempfile.gettempdir()) / f"connect-matching-{os.getuid()}"
