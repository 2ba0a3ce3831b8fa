"""What bits tell of a block of offers: who passes, and who can be among the best at all."""

from typing import Any

import numpy as np

from services.matching.engine.compiling import compiled
from services.matching.engine.index.kernel import NONE, ONE, Bits, is_set, key_of, number_of
from services.matching.engine.index.question import Numbers, Rows
from services.matching.engine.index.tables import Table

BLOCK = 256  # words that are filtered in one go: what comes of them stays in the processor's first cache
LOWEST_BIT_AT = np.zeros(64, np.uint8)
_DE_BRUIJN = 0x03F79D71B4CA8B09
for _place in range(64):
    LOWEST_BIT_AT[(_DE_BRUIJN << _place & 0xFFFF_FFFF_FFFF_FFFF) >> 58] = _place
DE_BRUIJN, SHIFT = np.uint64(_DE_BRUIJN), np.uint64(58)


@compiled
def lowest_bit(word: Any) -> Any:
    """The place of the lowest bit that is set (de Bruijn's sequence)."""
    return LOWEST_BIT_AT[((word & (~word + ONE)) * DE_BRUIJN) >> SHIFT]


@compiled
def keep(passed: Bits, bits: Bits, rows: Rows, first: int, last: int, begin: int, any_row: Bits) -> None:
    """Of a block that begins at a word, keep those that have what one of these rows says."""
    any_row[: len(passed)] = NONE
    for place in range(first, last):
        row = bits[rows[place], begin : begin + len(passed)]
        for word in range(len(passed)):
            any_row[word] |= row[word]
    for word in range(len(passed)):
        passed[word] &= any_row[word]


@compiled
def open_to_all(
    bits: Bits,
    q: Numbers,
    knows: Rows,
    months: Rows,
    speakers: Rows,
    levels: Rows,
    begin: int,
    passed: Bits,
    candidates: Rows,
) -> int:
    """Of the block that begins at a word, the slots that pass what bits can tell; returns how many there are."""
    block, any_row = passed[0, : bits.shape[1] - begin], passed[1]
    for word in range(len(block)):
        block[word] = bits[q.open, begin + word] & bits[q.mode, begin + word]
    keep(block, bits, knows, 0, len(knows), begin, any_row)
    keep(block, bits, months, 0, len(months), begin, any_row)
    if not q.interpretation:
        keep(block, bits, speakers, 0, levels[1], begin, any_row)
    number = 0
    for word in range(len(block)):
        left = block[word]
        while left:
            candidates[number] = ((begin + word) << 6) + lowest_bit(left)
            left &= left - ONE
            number += 1
    return number


@compiled
def open_to_this(bits: Bits, q: Numbers, answering: Rows, candidates: Rows) -> int:
    """Of the offers that answer this application, those that pass what bits can tell; returns how many there are."""
    number = 0
    for slot in answering:
        if is_set(bits, q.active, slot) and is_set(bits, q.room, slot) and is_set(bits, q.mode, slot):
            candidates[number] = slot
            number += 1
    return number


@compiled
def worth_a_look(
    bits: Bits,
    q: Numbers,
    themes: Rows,
    dac: Rows,
    sectors: Rows,
    sdgs: Rows,
    knowledge: Table,
    least: int,
    candidates: Rows,
    number: int,
    known: Rows,
) -> int:
    """Of the candidates, those whose key could reach the least one if they got the most for all but their knowledge.

    Fills `known` with the points for that, which bits tell: the lines of most offers are never fetched. Returns how
    many are left.
    """
    left = 0
    for place in range(number):
        slot = candidates[place]
        halves = number_of(bits, dac, slot) + number_of(bits, sectors, slot)
        points = knowledge[number_of(bits, themes, slot), halves, number_of(bits, sdgs, slot)]
        if key_of(points + q.most_beside_knowledge, False, False, 0) >= least:
            candidates[left], known[left] = slot, points
            left += 1
    return left
