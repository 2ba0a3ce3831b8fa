"""What the score needs of an offer, as one line of 64 bytes: a processor fetches just that much at once."""

from collections.abc import Sequence
from struct import Struct
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.values import Stretch

NOTHING_KNOWN = -1

LINE = np.dtype(
    [
        ("first", np.int32),  # of the first free stretch, as a proleptic ordinal; 1 where there is none
        ("last", np.int32),  # its last day; 0 where there is none
        ("more", np.int32),  # where the other stretches begin in the pool
        ("others", np.int32),  # how many other stretches
        ("rating", np.float64),  # the mean of `ratings`
        ("organisation", np.int32),
        ("reserved", np.int32),
        ("ratings", np.int32),
        ("answered", np.int32),  # proposals that were answered
        ("accepted", np.int32),  # and those of them that were accepted
        ("country", np.int16),
        ("region", np.int16),  # NOTHING_KNOWN where nothing is known, as in the four below
        ("subregion", np.int16),
        ("income", np.int8),  # rank of the income group
        ("band", np.int8),  # rank of the population band
        ("position", np.int8),  # place in Position
        ("years", np.int8),  # in the role, up to YEARS_THAT_COUNT
        ("modes", np.int8),  # bit n: the mode at place n of Mode
        ("standing", np.int8),  # 1 for an offer that answers no application in particular
        ("most", np.int16),  # days that an exchange may take in the first stretch
        ("unused", np.int8, 6),
    ],
    align=True,
)
# The same as the struct module has it, which writes a line in a fraction of the time that numpy takes for a tuple.
PACKED = Struct("=4id5i3h6bh")
# And what is read of one line at each change: others, organisation, answered, accepted, country, standing.
COUNTED, COUNTED_AT = Struct("=i8xi8xiih9xb"), 12
OTHERS = Struct("=i")
STRETCH = np.dtype([("first", np.int32), ("last", np.int32), ("most", np.int32)])
POOLED = Struct("=3i")
NUMBER = np.dtype([("high", np.uint64), ("low", np.uint64)])
FIRST_LINES, FIRST_STRETCHES = 1024, 256


class Counted(NamedTuple):
    """Stretches in the pool, the number of the organisation, answers and accepted ones, the number of the country, and
    1 where the offer answers no application in particular."""

    others: int
    organisation: int
    answered: int
    accepted: int
    country: int
    standing: int


NOTHING_COUNTED = Counted(0, 0, 0, 0, 0, 1)


class Columns:
    """Lines by slot, the offers' ids beside them, and a pool for those with more than one free stretch of days.

    A changed offer leaves its old stretches behind in the pool; once half of it is so, the pool is packed. A slot that
    is not in use keeps its last line.
    """

    def __init__(self) -> None:
        self.lines: npt.NDArray[np.void] = np.zeros(FIRST_LINES, LINE)
        self._bytes = self.lines.view(np.uint8).data  # of the lines
        self.ids: npt.NDArray[np.void] = np.zeros(FIRST_LINES, NUMBER)
        self._hold(np.zeros(FIRST_STRETCHES, STRETCH))
        self._end = 0  # of what was ever written into the pool
        self._left_behind = 0

    @classmethod
    def of(cls, lines: npt.NDArray[np.void], ids: npt.NDArray[np.void], pool: npt.NDArray[np.void]) -> "Columns":
        """Columns that were filled before; the whole pool counts as written, and is packed when it must grow."""
        columns = cls()
        columns.lines, columns.ids, columns._end = lines, ids, len(pool)
        columns._bytes = lines.view(np.uint8).data
        columns._hold(pool)
        columns._left_behind = len(pool) - int(lines["others"].sum())
        return columns

    def make_room(self, slots: int) -> None:
        """Let there be at least so many lines."""
        if slots > len(self.lines):
            self.lines, self.ids = [_grown(array, slots) for array in (self.lines, self.ids)]
            self._bytes = self.lines.view(np.uint8).data

    def name(self, slot: int, offer_id: UUID) -> None:
        """Say whose line this is from now on."""
        self.ids[slot] = (offer_id.int >> 64, offer_id.int & 0xFFFF_FFFF_FFFF_FFFF)

    def write(self, slot: int, line: tuple[Any, ...], free: Sequence[Stretch]) -> Counted:
        """Write an offer's line; `line` are the values of LINE in their order, but for those of the stretches.

        Returns what was counted of the line that was there before.
        """
        before = self.counted(slot)
        if before.others:
            self._left_behind += before.others
            OTHERS.pack_into(self._bytes, slot * LINE.itemsize + COUNTED_AT, 0)
        first, last, most, more, others = 1, 0, 0, 0, 0
        if free:
            days, most = free[0]
            first, last, others = days.first.toordinal(), days.last.toordinal(), len(free) - 1
        if others:
            more = self._pooled(free[1:])
        PACKED.pack_into(self._bytes, slot * LINE.itemsize, first, last, more, others, *line, most)
        return before

    def counted(self, slot: int) -> Counted:
        """What is counted of an offer."""
        return Counted._make(COUNTED.unpack_from(self._bytes, slot * LINE.itemsize + COUNTED_AT))

    def stretches(self, slot: int) -> list[tuple[int, ...]]:
        """The free stretches of an offer, in their order: two ordinals, and the most that an exchange may take."""
        line = self.lines[slot]
        if line["last"] < line["first"]:
            return []
        more = self.pool[line["more"] : line["more"] + line["others"]]
        return [tuple(int(one[name]) for name in STRETCH.names or ()) for one in (line, *more)]

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self.lines.nbytes + self.ids.nbytes + self.pool.nbytes

    def _pooled(self, stretches: Sequence[Stretch]) -> int:
        if self._left_behind > max(FIRST_STRETCHES, self._end // 2):
            self._pack()
        at, self._end = self._end, self._end + len(stretches)
        if self._end > len(self.pool):
            self._hold(_grown(self.pool, self._end))
        for place, (days, most) in enumerate(stretches, start=at):
            first, last = days.first.toordinal(), days.last.toordinal()
            POOLED.pack_into(self._pool_bytes, place * POOLED.size, first, last, most)
        return at

    def _pack(self) -> None:
        """Write the pool anew with what is in use."""
        used = np.flatnonzero(self.lines["others"])
        packed, end = np.zeros_like(self.pool), 0
        for slot in used:
            more, others = int(self.lines[slot]["more"]), int(self.lines[slot]["others"])
            packed[end : end + others] = self.pool[more : more + others]
            self.lines[slot]["more"], end = end, end + others
        self._hold(packed)
        self._end, self._left_behind = end, 0

    def _hold(self, pool: npt.NDArray[np.void]) -> None:
        self.pool: npt.NDArray[np.void] = pool
        self._pool_bytes = pool.view(np.uint8).data


def _grown(array: npt.NDArray[np.void], length: int) -> npt.NDArray[np.void]:
    grown = np.zeros(max(2 * len(array), length), array.dtype)
    grown[: len(array)] = array
    return grown
