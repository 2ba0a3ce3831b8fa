"""A vector is kept as its direction; what is none is refused and never taken for one."""

from random import Random

import numpy as np
import pytest

from services.matching.engine.similarity.codes import DIMENSIONS, BadVector, packed, unpacked
from tests.unit.matching.similarity.directions import a_direction


def test_the_direction_survives() -> None:
    random = Random(1)
    for _ in range(50):
        vector = a_direction(random)
        codes = unpacked(packed(vector)).astype(float)
        assert codes @ vector / np.linalg.norm(codes) > 0.9998


def test_the_same_vector_has_the_same_bytes_in_either_precision() -> None:
    vector = a_direction(Random(2))
    assert packed(vector) == packed(vector.astype(np.float32)) == packed(unpacked(packed(vector)) / _length(vector))


def _length(vector: np.ndarray) -> float:
    return float(np.linalg.norm(unpacked(packed(vector)).astype(float)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda vector: vector * 0, "not 0"),
        (lambda vector: vector * 2, "not 2"),
        (lambda vector: np.where(np.arange(DIMENSIONS) == 7, np.nan, vector), "not nan"),
        (lambda vector: np.where(np.arange(DIMENSIONS) == 7, np.inf, vector), "not inf"),
        (lambda vector: vector[1:], r"384 numbers, not the shape \(383,\)"),
        (lambda vector: np.stack([vector, vector]), r"not the shape \(2, 384\)"),
    ],
)
def test_what_is_no_vector_is_not_packed(change, complaint: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadVector, match=complaint):
        packed(change(a_direction(Random(3))))


@pytest.mark.parametrize(
    ("kept", "complaint"),
    [
        (b"", "384 bytes, not 0"),
        (b"\x7f" * (DIMENSIONS + 1), "384 bytes, not 385"),
        (b"\0" * DIMENSIONS, "from 0 to 0"),
        (b"\x80" + b"\x7f" * (DIMENSIONS - 1), "from -128 to 127"),
        (b"\x7e" * DIMENSIONS, "from 126 to 126"),
    ],
)
def test_what_was_never_packed_is_not_unpacked(kept: bytes, complaint: str) -> None:
    with pytest.raises(BadVector, match=complaint):
        unpacked(kept)
