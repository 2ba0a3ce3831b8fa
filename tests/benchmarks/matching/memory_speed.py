"""What a search would take if all it did were to read, one byte after the other, what it looks at."""

import time

import numpy as np

from services.matching.engine.index import OfferIndex
from services.matching.engine.index.columns import LINE
from services.matching.engine.values import Request, Scale

LARGE = 1 << 25  # words of 8 bytes: far more than a processor's caches hold
LINE_BYTES = 64


def bytes_a_second() -> float:
    """How fast one core reads memory in order, the best of five times."""
    words = np.ones(LARGE, np.uint64)
    words.sum()
    best = float("inf")
    for _ in range(5):
        begun = time.perf_counter()
        words.sum()
        best = min(best, time.perf_counter() - begun)
    return words.nbytes / best


def bytes_of_columns(index: OfferIndex, request: Request) -> int:
    """The columns that a search touches, whole: each row of bits once, and every number in the lines of all offers."""
    q = index._question(request, Scale())
    named = (q.knows, q.themes, q.dac, q.sectors, q.sdgs, q.months, q.speakers)
    rows = {q.numbers.open, q.numbers.mode}.union(*(part.tolist() for part in named))
    words = -(-len(index) // 64)
    return len(rows) * words * index._bitmaps.bits.itemsize + len(index) * (LINE.itemsize - LINE["unused"].itemsize)


def bytes_to_read(index: OfferIndex, request: Request) -> int:
    """The rows of bits that the filters need, and the lines of those offers that pass what bits can tell."""
    bits, words = index._bitmaps.bits, -(-len(index) // 64)
    question = index._question(request, Scale())
    groups = [np.concatenate((question.themes, question.dac)), question.months]
    if not question.numbers.interpretation:
        groups.append(question.speakers[: question.levels[1]])
    passed = bits[question.numbers.open, :words] & bits[question.numbers.mode, :words]
    for rows in groups:
        passed &= np.bitwise_or.reduce(bits[rows, :words], axis=0)
    lines = int(np.bitwise_count(passed).sum()) + len(question.answering)
    return (2 + sum(map(len, groups))) * words * bits.itemsize + lines * LINE_BYTES
