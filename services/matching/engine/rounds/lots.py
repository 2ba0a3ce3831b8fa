"""Who gets it when results are equally good: every pair draws a lot.

The lot of a pair is a number from 1 to 4,096 that follows from the seed and the two ids alone. Among results with the
highest sum, the one whose lots add up to most is taken. So nobody is favoured for a low id or for being named first,
another seed is another draw, and a pair's lot is the same whoever else takes part. Lots never outweigh a hundredth of
a point: a score counts more than all lots that a result can have together.

Should two results be equal in this too, the solver decides; it is deterministic and sees one canonical order.
"""

from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.rounds.reading import Numbers, Problem

BITS = 12
LOTS = 2**BITS

Words = NDArray[np.uint64]


def lots(problem: Problem, seed: int) -> Numbers:
    """The lot of each pairing."""
    drawn = np.array([seed], np.uint64)
    asking = _mixed(_words([one.application_id for one in problem.applications]) ^ _mixed(drawn))
    offering = _mixed(_words([one.offer_id for one in problem.offers]) + _mixed(drawn))
    both = _mixed(asking[problem.application] + (offering[problem.offer] << np.uint64(1)))
    return (both >> np.uint64(64 - BITS)).astype(np.int64) + 1


def _words(ids: Sequence[UUID]) -> Words:
    """One word of each id: ids of one moment differ in their last half only, others in the first."""
    halves = np.frombuffer(b"".join(one.bytes for one in ids), ">u8").astype(np.uint64).reshape(-1, 2)
    return _mixed(_mixed(halves[:, 0]) + halves[:, 1])


def _mixed(words: Words) -> Words:
    """The finishing step of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)."""
    mixed = words + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
