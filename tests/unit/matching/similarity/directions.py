"""Directions as a multilingual model gives them: most of each is common to all texts, some to those of one language."""

from random import Random

import numpy as np
import numpy.typing as npt

from services.matching.engine.similarity.codes import DIMENSIONS

Vector = npt.NDArray[np.float64]


def a_direction(random: Random, *parts: tuple[Vector, float]) -> Vector:
    """A vector of length 1: a random one, and these, each with its weight."""
    found = np.array([random.gauss(0, 1) for _ in range(DIMENSIONS)])
    found /= np.linalg.norm(found)
    for part, weight in parts:
        found = found + weight * part
    direction: Vector = found / np.linalg.norm(found)
    return direction
