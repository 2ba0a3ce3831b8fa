"""The passes over all offers: the best of them, and which filters rule out how many."""

import numpy as np

from services.matching.engine.compiling import compiled
from services.matching.engine.index.answers import Sums
from services.matching.engine.index.kernel import (
    Bits,
    Lines,
    Shares,
    any_of,
    availability_points,
    best_level,
    context_points,
    favour_of,
    free_days,
    holds,
    hundredths,
    is_set,
    is_welcome,
    key_of,
    likely,
    mode_for,
)
from services.matching.engine.index.question import Numbers, Rows
from services.matching.engine.index.sieve import BLOCK, open_to_all, open_to_this, worth_a_look
from services.matching.engine.index.tables import Table


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
def look(
    lines: Lines,
    q: Numbers,
    position: Table,
    context: Table,
    expected: Shares,
    theirs: Sums,
    candidates: Rows,
    known: Rows,
    agree: Shares,
) -> None:
    """Add to what is `known` the points for the position and the place; fill `agree` with how likely each agrees.

    A loop without a branch: the processor fetches several lines at a time while it waits for the first.
    """
    for place in range(len(candidates)):
        line = lines[candidates[place]]
        known[place] += position[line.position, line.years] + context_points(q, context, line)
        agree[place] = likely(line, theirs, expected)


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
    known, agree = np.empty(len(candidates), np.int64), np.empty(len(candidates), np.float64)
    found = survivors = ahead = 0
    for begin in range(-BLOCK, bits.shape[1], BLOCK):
        if begin < 0:
            number = open_to_this(bits, q, answering, candidates)
        else:
            number = open_to_all(bits, q, knows, months, speakers, levels, begin, passed, candidates)
        # Whether an organisation is preferred, only its line tells.
        least = keys[-1] if found == len(keys) and not q.counting and not len(preferred) else 0
        number = worth_a_look(bits, q, themes, dac, sectors, sdgs, knowledge, least, candidates, number, known)
        look(lines, q, position, context, expected, theirs, candidates[:number], known, agree)
        for place in range(number):
            slot, fit, agrees = candidates[place], known[place], agree[place]
            line = lines[slot]
            favour = favour_of(q, line)
            if found == len(keys) and not q.counting:
                highest = hundredths((q.most_beside_line + fit) / 100, agrees) + favour
                if key_of(highest, holds(preferred, line.organisation), begin < 0, line.reserved) < keys[-1]:
                    continue
            free, longest = free_days(q, line, pool)
            mode = mode_for(q, modes, line, longest)
            level = best_level(bits, speakers, levels, slot)
            if mode < 0 or (level == 0 and not q.interpretation) or not is_welcome(q, excluded, refused, line, slot):
                continue
            fit += language[level] + availability_points(q, line, free, mode)
            points = hundredths(fit / 100, agrees) + favour
            key = key_of(points, holds(preferred, line.organisation), begin < 0, line.reserved)
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
