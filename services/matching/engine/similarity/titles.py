"""The vectors of all titles, kept by language, and the nearest ones found exactly: 40 ms for a million of them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.similarity.codes import DIMENSIONS, Codes
from services.matching.engine.similarity.kernel import cosines, fine
from services.matching.engine.similarity.means import Means, Vector

FIRST_ROWS = 64


class Kind(StrEnum):
    """What has a title."""

    APPLICATION = "application"
    OFFER = "offer"


class Title(NamedTuple):
    """The title of one application or offer."""

    kind: Kind
    id: UUID


class Near(NamedTuple):
    """What was found, and the cosine of both vectors, each less the mean of its language: from -1 to 1."""

    id: UUID
    similarity: float


class _Rows:
    """Vectors of one kind in one language. Rows have no order: the last one takes the place of one that goes."""

    def __init__(self) -> None:
        self.ids: list[UUID] = []
        self.codes: Codes = np.zeros((FIRST_ROWS, DIMENSIONS), np.int8)
        self.lengths: npt.NDArray[np.float64] = np.zeros(FIRST_ROWS)

    def append(self, id_: UUID, codes: Codes, length: float) -> int:
        row = len(self.ids)
        if row == len(self.lengths):
            self.codes = np.concatenate([self.codes, np.zeros_like(self.codes)])
            self.lengths = np.concatenate([self.lengths, np.zeros_like(self.lengths)])
        self.ids.append(id_)
        self.codes[row], self.lengths[row] = codes, length
        return row

    def take(self, row: int) -> UUID | None:
        """Returns whose vector stands in this row now, None for nobody's."""
        last = self.ids.pop()
        if row == len(self.ids):
            return None
        self.ids[row] = last
        self.codes[row], self.lengths[row] = self.codes[len(self.ids)], self.lengths[len(self.ids)]
        return last

    def vector(self, row: int) -> Vector:
        vector: Vector = self.codes[row] / self.lengths[row]
        return vector

    def cosines(self, asked: Vector, mean: Vector) -> npt.NDArray[np.float64]:
        number = len(self.ids)
        found = np.empty(number)
        cosines(self.codes[:number], self.lengths[:number], *fine(asked), *fine(mean), found)
        return found


class Titles:
    """The vectors that one model gave, put in, changed and taken out in place."""

    def __init__(self) -> None:
        self._means = Means()
        self._rows: dict[tuple[Kind, str], _Rows] = {}
        self._places: dict[Title, tuple[str, int]] = {}

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, title: Title) -> bool:
        return title in self._places

    def put(self, title: Title, language: str, codes: Codes) -> None:
        """Put a title's vector in, or in the place of what was known of it."""
        self.remove(title)
        length = float(np.linalg.norm(codes.astype(np.float64)))
        rows = self._rows.setdefault((title.kind, language), _Rows())
        row = rows.append(title.id, codes, length)
        self._places[title] = language, row
        self._means.add(language, rows.vector(row))

    def remove(self, title: Title) -> None:
        """Take a title out; one that is not there needs nothing."""
        if title not in self._places:
            return
        language, row = self._places.pop(title)
        rows = self._rows[title.kind, language]
        self._means.take(language, rows.vector(row))
        moved = rows.take(row)
        if moved is not None:
            self._places[Title(title.kind, moved)] = language, row

    def nearest(self, title: Title, top: int, among: Kind) -> list[Near]:
        """The `top` titles of a kind that are most like this one, the most alike first, itself left out.

        Equally near ones come in the order of their ids. Raises KeyError for a title that is not here.
        """
        asked = self.direction(title)
        found = [
            near
            for (kind, language), rows in self._rows.items()
            if kind is among and rows.ids
            for near in _best(rows.ids, rows.cosines(asked, self._means.of(language)), top + 1)
            if title != (kind, near.id)
        ]
        return sorted(found, key=lambda near: (-near.similarity, near.id))[:top]

    def direction(self, title: Title) -> Vector:
        """The vector of a title less the mean of its language, of length 1. Raises KeyError if it is not here."""
        language, row = self._places[title]
        left = self._rows[title.kind, language].vector(row) - self._means.of(language)
        return left / np.linalg.norm(left)


def _best(ids: list[UUID], similarities: npt.NDArray[np.float64], top: int) -> Iterable[Near]:
    """The best of one array, those that are equal to the last of them included."""
    if len(ids) > top:
        least = np.partition(similarities, len(ids) - top)[len(ids) - top]
        rows = np.flatnonzero(similarities >= least)
    else:
        rows = np.arange(len(ids))
    return (Near(ids[row], float(similarities[row])) for row in rows.tolist())
