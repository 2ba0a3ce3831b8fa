"""The mean vector of each language, which is taken from its vectors.

A multilingual model puts texts of one language near each other, whatever they say; without their mean they are no
nearer to each other than to texts in other languages.
"""

from collections import Counter

import numpy as np
import numpy.typing as npt

from services.matching.engine.similarity.codes import DIMENSIONS

# A language's mean counts as if so many texts more had the mean of all; that of all, as if one text more were nothing.
TEXTS_LIKE_ALL, TEXTS_LIKE_NOTHING = 10, 1

Vector = npt.NDArray[np.float64]


class Means:
    """Running sums of vectors of length 1, by language.

    With S the sum of n vectors of a language, T that of all N: the mean of all is T / (N + 1), that of the language
    (S + 10 · mean of all) / (n + 10). Both are shorter than 1, so no vector equals its mean and each keeps a direction.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Vector] = {}
        self._numbers: Counter[str] = Counter()
        self._sum: Vector = np.zeros(DIMENSIONS)

    def add(self, language: str, vector: Vector) -> None:
        """One vector more."""
        self._sums[language] = self._sums.get(language, 0.0) + vector
        self._sum = self._sum + vector
        self._numbers[language] += 1

    def take(self, language: str, vector: Vector) -> None:
        """Undo `add`."""
        self._numbers[language] -= 1
        self._sum = self._sum - vector
        self._sums[language] = self._sums[language] - vector

    def of(self, language: str) -> Vector:
        """The mean that is taken from vectors of this language; of one without texts, the mean of all."""
        overall = self._sum / (self._numbers.total() + TEXTS_LIKE_NOTHING)
        known = self._sums.get(language, 0.0) + TEXTS_LIKE_ALL * overall
        return known / (self._numbers[language] + TEXTS_LIKE_ALL)
