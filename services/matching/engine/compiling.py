"""Compiles the kernel once for each state of its source, and keeps what came out for the next process.

numba keeps the code of a function for as long as the function's own file is unchanged. It does not notice when a
function that it calls changes in another file, and would go on with the old formula. So the folder is named after the
whole source of the engine.
"""

import os
import tempfile
from pathlib import Path

import numba
from numba import njit

from services.matching.engine.source import digest_of

_ENGINE = Path(__file__).parent


def _folder() -> Path:
    beside = _ENGINE if os.access(_ENGINE, os.W_OK) else Path(tempfile.gettempdir()) / "connect-matching"
    return beside / "__pycache__" / digest_of(_ENGINE)


setattr(numba.config, "CACHE_DIR", str(_folder()))  # noqa: B010  a name that only exists at run time
compiled = njit(cache=True, nogil=True)
