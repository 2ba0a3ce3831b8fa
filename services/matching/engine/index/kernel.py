"""What one offer gets, compiled: the filters that bits can't tell, and the score.

What a pair gets is worked out by the formulas of `factors`, compiled or as tables, so it equals what `search.explain`
says of the pair to the hundredth of a point. Arithmetic is that of IEEE doubles, in the order in which it is written.
Functions take the arrays that they need one by one: to take one out of a tuple costs more than to look into it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from services.matching.engine import factors, favour
from services.matching.engine.acceptance import drawn
from services.matching.engine.compiling import compiled
from services.matching.engine.index.answers import Sums
from services.matching.engine.index.columns import NOTHING_KNOWN
from services.matching.engine.index.question import ENOUGH, SHORTEST, Numbers, Rows
from services.matching.engine.index.tables import (
    BANDS,
    INCOMES,
    REGION_OTHER,
    REGION_SAME,
    REGION_UNKNOWN,
    SUBREGION_SAME,
    Table,
)
from services.matching.engine.values import HIGH_INCOME

Bits = npt.NDArray[np.uint64]
Lines = npt.NDArray[np.void]
Shares = npt.NDArray[np.float64]

# A key holds, from its highest bits down, what decides the order; greater is better. The id decides between equals.
PREFERRED, SCORE, ANSWERS, LEAST_TAKEN = 60, 40, 36, (1 << 32) - 1
SCORE_BITS = (1 << PREFERRED - SCORE) - 1
ONE, NONE = np.uint64(1), np.uint64(0)

hundredths = compiled(factors.hundredths)
availability_share = compiled(factors.availability_share)
accepted_share = compiled(drawn)
is_first_timer = compiled(favour.is_first_timer)


@compiled
def likely(line: Any, theirs: Sums, expected: Shares) -> Any:
    """How likely the offerer is to agree: see `acceptance.acceptance`."""
    usual = expected[line.country]
    if line.organisation < len(theirs):
        answered = max(0, theirs[line.organisation, 0] - line.answered)
        accepted = min(answered, max(0, theirs[line.organisation, 1] - line.accepted))
        usual = accepted_share(answered, accepted, usual)
    return accepted_share(line.answered, line.accepted, usual)


@compiled
def is_set(bits: Bits, row: int, slot: int) -> bool:
    """Whether the offer has what the row says."""
    return bool((bits[row, slot >> 6] >> np.uint64(slot & 63)) & ONE)


@compiled
def any_of(bits: Bits, rows: Rows, first: int, last: int, slot: int) -> bool:
    """Whether the offer has what one of these rows says."""
    for place in range(first, last):  # noqa: SIM110  compiled, the loop is faster than `any`
        if is_set(bits, rows[place], slot):
            return True
    return False


@compiled
def number_of(bits: Bits, rows: Rows, slot: int) -> int:
    """In how many of the rows the offer's bit is set."""
    number = 0
    for row in rows:
        number += is_set(bits, row, slot)
    return number


@compiled
def holds(numbers: Rows, number: int) -> bool:
    """Whether the number is among them, which are few."""
    for one in numbers:  # noqa: SIM110  compiled, the loop is faster than `any`
        if one == number:
            return True
    return False


@compiled
def free_days(q: Numbers, line: Any, pool: Lines) -> tuple[int, int]:
    """How many of the wanted days are free, and how long an exchange in them can be."""
    free = max(0, min(line.last, q.last) - max(line.first, q.first) + 1)
    longest = min(free, line.most)
    for place in range(line.more, line.more + line.others):
        length = max(0, min(pool[place].last, q.last) - max(pool[place].first, q.first) + 1)
        free += length
        longest = max(longest, min(length, pool[place].most))
    return free, longest


@compiled
def mode_for(q: Numbers, modes: Rows, line: Any, longest: int) -> int:
    """The place of the first mode of which the shortest fits; -1 if there is none."""
    for mode in modes:
        offered = not q.advised or (line.modes >> mode) & 1
        if offered and longest >= SHORTEST[mode]:
            return int(mode)
    return -1


@compiled
def is_welcome(q: Numbers, excluded: Rows, refused: Rows, line: Any, slot: int) -> bool:
    """Whether the offerer is another organisation, of another country where that counts, and not ruled out."""
    if line.organisation == q.own or (not q.same_country and line.country == q.country):
        return False
    return not holds(excluded, line.organisation) and not holds(refused, slot)


@compiled
def context_points(q: Numbers, context: Table, line: Any) -> int:
    """What two places have in common."""
    bands, incomes = BANDS, INCOMES
    if q.band != NOTHING_KNOWN and line.band != NOTHING_KNOWN:  # noqa: PLR1714  numba knows no sets here
        bands = abs(q.band - line.band)
    if q.income != NOTHING_KNOWN and line.income != NOTHING_KNOWN:  # noqa: PLR1714
        incomes = abs(q.income - line.income)
    if q.region == NOTHING_KNOWN or line.region == NOTHING_KNOWN:  # noqa: PLR1714
        region = REGION_UNKNOWN
    elif q.subregion != NOTHING_KNOWN and q.subregion == line.subregion:
        region = SUBREGION_SAME
    else:
        region = REGION_SAME if q.region == line.region else REGION_OTHER
    return int(context[bands, incomes, region])


@compiled
def favour_of(q: Numbers, line: Any) -> int:
    """By how much an offer is placed higher than its score says: see `favour.favours`."""
    is_south = line.income != NOTHING_KNOWN and line.income < HIGH_INCOME
    return int(q.first_timer * is_first_timer(line.answered, line.ratings) + q.south * is_south)


@compiled
def best_level(bits: Bits, speakers: Rows, levels: Rows, slot: int) -> int:
    """The best level at which both speak one language: 3 for C2, 2 for C1, 1 for B2, 0 for none of these."""
    for level in (2, 1, 0):
        if any_of(bits, speakers, levels[level], levels[level + 1], slot):
            return level + 1
    return 0


@compiled
def availability_points(q: Numbers, line: Any, free: int, mode: int) -> int:
    """What the choice of days and the track record give, in hundredths of a point."""
    share = availability_share(free, ENOUGH[mode], line.ratings, line.rating, q.mean_rating)
    return int(hundredths(q.availability, share))


@compiled
def key_of(points: int, preferred: bool, answers: bool, reserved: int) -> int:
    """The key of an offer that passes; `points`: its score and what favours it, in hundredths."""
    return (preferred << PREFERRED) | (points << SCORE) | (answers << ANSWERS) | (LEAST_TAKEN - reserved)


def points_in(key: int) -> int:
    """The points that a key holds, in hundredths."""
    return key >> SCORE & SCORE_BITS
