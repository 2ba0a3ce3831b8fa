"""One bit for each offer under each name: which offers are open, know sanitation, speak French at C1 …"""

from collections.abc import Hashable, Iterable

import numpy as np
import numpy.typing as npt

WORD = 64
# Rows would otherwise lie a power of two apart, where a processor's cache can hold few of their words at once: the
# search took four times as long.
BESIDE = 8
FIRST_ROWS, FIRST_WORDS = 64, 16 + BESIDE


class Bitmaps:
    """Rows of bits, one row for a name; bit `slot` of a row says whether that offer has what the name says.

    Row 0 stays empty: it stands for every name under which no offer was ever put. Rows and words double when they are
    full, so both cost the same however many came before.
    """

    def __init__(self) -> None:
        self.bits: npt.NDArray[np.uint64] = np.zeros((FIRST_ROWS, FIRST_WORDS), np.uint64)
        self._rows: dict[Hashable, int] = {}

    def named(self) -> list[Hashable]:
        """The names in the order of their rows, of which the first is row 1."""
        return list(self._rows)

    @classmethod
    def of(cls, bits: npt.NDArray[np.uint64], names: Iterable[Hashable]) -> "Bitmaps":
        """Rows that were filled before; see `named`."""
        bitmaps = cls()
        bitmaps.bits, bitmaps._rows = bits, {name: row for row, name in enumerate(names, start=1)}
        return bitmaps

    @property
    def words(self) -> int:
        """How many words a row has; a slot is at most 64 times that, less one."""
        return int(self.bits.shape[1])

    def names(self) -> Iterable[tuple[Hashable, int]]:
        """Every name with its row."""
        return self._rows.items()

    def row(self, name: Hashable) -> int:
        """The row of a name; 0 where nothing has it."""
        return self._rows.get(name, 0)

    def is_set(self, row: int, slot: int) -> bool:
        """Whether an offer's bit is set."""
        return bool(int(self.bits[row, slot // WORD]) >> slot % WORD & 1)

    def put(self, slot: int, names: Iterable[Hashable]) -> None:
        """Set the offer's bit under these names."""
        rows = np.array([self._rows.get(name) or self._add(name) for name in names], np.intp)
        column = self.bits[:, slot // WORD]
        column[rows] |= np.uint64(1 << slot % WORD)

    def take(self, slot: int) -> None:
        """Clear the offer's bit under every name."""
        self.bits[: len(self._rows) + 1, slot // WORD] &= ~np.uint64(1 << slot % WORD)

    def make_room(self, slots: int) -> None:
        """Let a row have at least so many bits."""
        if slots > self.words * WORD:
            grown = np.zeros(
                (self.bits.shape[0], max(2 * (self.words - BESIDE), -(-slots // WORD)) + BESIDE), np.uint64
            )
            grown[:, : self.words] = self.bits
            self.bits = grown

    def _add(self, name: Hashable) -> int:
        row = len(self._rows) + 1
        if row == self.bits.shape[0]:
            grown = np.zeros((2 * row, self.words), np.uint64)
            grown[:row] = self.bits
            self.bits = grown
        self._rows[name] = row
        return row
