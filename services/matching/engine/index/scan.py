"""The passes over all offers: the best of them, and which filters rule out how many."""

from typing import Any

import numpy as np

from services.matching.engine.compiling import compiled
from services.matching.engine.index.answers import Sums
from services.matching.engine.index.kernel import (
    NONE,
    ONE,
    Bits,
    Lines,
    Shares,
    any_of,
    availability_points,
    best_level,
    context_points,
    free_days,
    holds,
    hundredths,
    is_set,
    is_welcome,
    key_of,
    likely,
    mode_for,
    number_of,
)
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
def is_before(ids: Lines, one: int, other: int) -> bool:
    """Whether the first slot's id is the lower one."""
    if ids[one].high != ids[other].high:
        return bool(ids[one].high < ids[other].high)
    return bool(ids[one].low < ids[other].low)


@compiled
def insert(ids: Lines, keys: Rows, slots: Rows, found: int, key: int, slot: int) -> int:
    """Put a survivor in its place among the best, the best first; returns how many of them there are."""
    place = found if found < len(keys) else found - 1
    if found == len(keys) and (key < keys[place] or (key == keys[place] and not is_before(ids, slot, slots[place]))):
        return found
    while place > 0 and (key > keys[place - 1] or (key == keys[place - 1] and is_before(ids, slot, slots[place - 1]))):
        keys[place], slots[place] = keys[place - 1], slots[place - 1]
        place -= 1
    keys[place], slots[place] = key, slot
    return min(found + 1, len(keys))


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
def best(
    bits: Bits,
    lines: Lines,
    ids: Lines,
    pool: Lines,
    q: Numbers,
    knows: Rows,
    themes: Rows,
    dac: Rows,
    sectors: Rows,
    sdgs: Rows,
    months: Rows,
    speakers: Rows,
    levels: Rows,
    modes: Rows,
    excluded: Rows,
    preferred: Rows,
    refused: Rows,
    answering: Rows,
    knowledge: Table,
    position: Table,
    context: Table,
    language: Table,
    expected: Shares,
    theirs: Sums,
    keys: Rows,
    slots: Rows,
) -> tuple[int, int, int]:
    """Fill `keys` and `slots` with the best, the best first.

    Returns how many were found, how many passed, and how many of these come before the one that `q` asks of. Unless `q`
    has them counted, offers are passed over that would not be among the best if they got the most for all that has not
    been looked at: then the last two numbers mean nothing.

    Offers that answer this application, and so are not open to all, come first, as a block of their own.
    """
    passed = np.empty((2, BLOCK), np.uint64)
    candidates = np.empty(max(BLOCK * 64, len(answering)), np.int64)
    found = survivors = ahead = 0
    for begin in range(-BLOCK, bits.shape[1], BLOCK):
        if begin < 0:
            number = open_to_this(bits, q, answering, candidates)
        else:
            number = open_to_all(bits, q, knows, months, speakers, levels, begin, passed, candidates)
        for slot in candidates[:number]:
            line = lines[slot]
            fixed = position[line.position, line.years] + context_points(q, context, line)
            agrees = likely(line, theirs, expected)
            if found == len(keys) and not q.counting:
                highest = hundredths((q.most + fixed) / 100, agrees)
                if key_of(highest, holds(preferred, line.organisation), begin < 0, line.reserved) < keys[found - 1]:
                    continue
            free, longest = free_days(q, line, pool)
            mode = mode_for(q, modes, line, longest)
            level = best_level(bits, speakers, levels, slot)
            if mode < 0 or (level == 0 and not q.interpretation) or not is_welcome(q, excluded, refused, line, slot):
                continue
            halves = number_of(bits, dac, slot) + number_of(bits, sectors, slot)
            fit = knowledge[number_of(bits, themes, slot), halves, number_of(bits, sdgs, slot)] + language[level]
            fit += fixed + availability_points(q, line, free, mode)
            score = hundredths(fit / 100, agrees)
            key = key_of(score, holds(preferred, line.organisation), begin < 0, line.reserved)
            survivors += 1
            ahead += key > q.than_key or (key == q.than_key and is_before(ids, slot, q.than_slot))
            found = insert(ids, keys, slots, found, key, slot)
    return found, survivors, ahead


@compiled
def tally(
    bits: Bits,
    lines: Lines,
    pool: Lines,
    q: Numbers,
    knows: Rows,
    speakers: Rows,
    levels: Rows,
    modes: Rows,
    excluded: Rows,
    refused: Rows,
    answering: Rows,
    skipped: Rows,
    numbers: Rows,
) -> None:
    """Count offers by the filters that rule them out: one bit for each, in the order of FILTERS."""
    for slot in range(bits.shape[1] * 64):
        if not is_set(bits, q.live, slot) or holds(skipped, slot):
            continue
        line = lines[slot]
        answers = holds(answering, slot)
        known = any_of(bits, knows, 0, len(knows), slot)
        _, longest = free_days(q, line, pool)
        failed = int(not is_set(bits, q.active, slot))
        failed |= int(line.organisation == q.own) << 1
        failed |= int(holds(excluded, line.organisation)) << 2
        failed |= int(not q.same_country and line.country == q.country) << 3
        failed |= int(not line.standing and not answers) << 4
        failed |= int(holds(refused, slot)) << 5
        failed |= int(not known and not answers) << 6
        failed |= int(not is_set(bits, q.mode, slot)) << 7
        failed |= int(not q.interpretation and best_level(bits, speakers, levels, slot) == 0) << 8
        failed |= int(mode_for(q, modes, line, longest) < 0) << 9
        failed |= int(not is_set(bits, q.room, slot)) << 10
        numbers[failed] += 1
