"""Cosines of one vector with many, compiled: whole numbers are multiplied, so that the sums are exact."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.matching.engine.compiling import compiled

FINE = 32_767
# What is left of a vector without its mean, squared. With less, which only equal texts have, rounding would decide.
LEAST_SQUARE = 1e-6


class Fine(NamedTuple):
    """A vector as whole numbers: `numbers` times `unit`. A sum of 384 products with codes has room in 32 bits."""

    numbers: npt.NDArray[np.int16]
    unit: float


def fine(vector: npt.NDArray[np.float64]) -> Fine:
    """The vector in steps of a 32,767th of its largest number."""
    unit = float(np.abs(vector).max()) / FINE or 1.0
    return Fine(np.rint(vector / unit).astype(np.int16), unit)


@compiled
def cosines(
    codes: npt.NDArray[np.int8],
    lengths: npt.NDArray[np.float64],
    asked: npt.NDArray[np.int16],
    asked_unit: float,
    mean: npt.NDArray[np.int16],
    mean_unit: float,
    found: npt.NDArray[np.float64],
) -> None:
    """Write into `found` the cosine of `asked`, whose length is 1, with each vector less `mean`.

    A vector is a row of `codes` over its length.
    """
    of_mean, square = 0.0, 0.0
    for place in range(len(mean)):
        of_mean += np.float64(mean[place]) * np.float64(asked[place])
        square += np.float64(mean[place]) * np.float64(mean[place])
    of_mean, square = of_mean * mean_unit * asked_unit, square * mean_unit * mean_unit
    for row in range(len(codes)):
        with_asked, with_mean = np.int32(0), np.int32(0)
        for place in range(codes.shape[1]):
            with_asked += np.int32(codes[row, place]) * np.int32(asked[place])
            with_mean += np.int32(codes[row, place]) * np.int32(mean[place])
        left = 1.0 - 2.0 * with_mean * mean_unit / lengths[row] + square
        cosine = (with_asked * asked_unit / lengths[row] - of_mean) / np.sqrt(max(left, LEAST_SQUARE))
        found[row] = min(1.0, max(-1.0, cosine))
