"""One bit for each offer under each name: which offers are open, know sanitation, speak French at C1 …"""

from collections.abc import Hashable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from services.matching.engine.compiling import compiled

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

    def mask(self, names: Iterable[Hashable]) -> int:
        """These names as one number, in which bit n stands for row n; a new name gets a row."""
        mask = 0
        for name in names:
            mask |= 1 << (self._rows.get(name) or self._add(name))
        return mask

    def named_in(self, mask: int) -> Iterator[Hashable]:
        """The names of a mask."""
        return (name for name, row in self._rows.items() if mask >> row & 1)

    def put(self, slot: int, mask: int) -> None:
        """Set the offer's bit under the names of the mask, and clear it under every other."""
        words = -(-(len(self._rows) + 1) // WORD)
        write(self.bits, np.frombuffer(mask.to_bytes(8 * words, "little"), np.uint64), slot, len(self._rows) + 1)

    def take(self, slot: int) -> None:
        """Clear the offer's bit under every name."""
        self.put(slot, 0)

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


@compiled
def write(bits: npt.NDArray[np.uint64], mask: npt.NDArray[np.uint64], slot: int, rows: int) -> None:
    """Write one offer's bits, a row's from the bit of its number in the mask; the word of a row that stays is left."""
    word, place = slot >> 6, np.uint64(slot & 63)
    bit = np.uint64(1) << place
    for row in range(rows):
        has = (mask[row >> 6] >> np.uint64(row & 63)) & np.uint64(1)
        before = bits[row, word]
        after = (before & ~bit) | (has << place)
        if after != before:
            bits[row, word] = after
