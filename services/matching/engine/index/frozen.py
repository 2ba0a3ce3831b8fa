"""An index as arrays and plain values, which can be written to a file, and the index that comes of them again."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.index.answers import AnswerSums
from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.columns import Columns
from services.matching.engine.index.entries import Codes, Numbered

Arrays = Mapping[str, npt.NDArray[Any]]


class Frozen(NamedTuple):
    """Arrays by name, copied; and values of which JSON is made."""

    arrays: Arrays
    told: Mapping[str, Any]


def frozen(bitmaps: Bitmaps, columns: Columns, codes: Codes, slots: int, answers: Mapping[UUID, UUID]) -> Frozen:
    """`slots`: how many of them were ever in use."""
    return Frozen(
        {
            "bits": bitmaps.bits.copy(),
            "lines": columns.lines.copy(),
            "ids": columns.ids.copy(),
            "pool": columns.pool.copy(),
        },
        {
            "names": bitmaps.named(),
            "organisations": [one.hex for one in codes.organisations],
            "countries": list(codes.countries),
            "places": list(codes.places),
            "slots": slots,
            "answers": {offer.hex: application.hex for offer, application in answers.items()},
        },
    )


def bitmaps_of(this: Frozen) -> Bitmaps:
    """The rows of bits."""
    names = (tuple(name) if isinstance(name, list) else name for name in this.told["names"])
    return Bitmaps.of(this.arrays["bits"], names)


def columns_of(this: Frozen) -> Columns:
    """The lines."""
    return Columns.of(this.arrays["lines"], this.arrays["ids"], this.arrays["pool"])


def codes_of(this: Frozen) -> Codes:
    """The numbers of codes."""
    told = this.told
    return Codes(
        organisations=_numbered(UUID(hex=one) for one in told["organisations"]),
        countries=_numbered(told["countries"]),
        places=_numbered(told["places"]),
    )


def _numbered(things: Iterable[Any]) -> Numbered:
    return Numbered((thing, number) for number, thing in enumerate(things))


def answers_of(this: Frozen) -> dict[UUID, UUID]:
    """Which application an offer answers."""
    return {UUID(hex=offer): UUID(hex=application) for offer, application in this.told["answers"].items()}


def sums_of_answers(this: Frozen, codes: Codes, slots: Iterable[int]) -> AnswerSums:
    """What was answered to proposals of the offers in these slots."""
    return AnswerSums.of(codes, this.arrays["lines"][np.fromiter(slots, np.int64)])


def slots_in_use(this: Frozen, live: npt.NDArray[np.uint64]) -> Iterator[tuple[UUID, int]]:
    """Every offer with its slot; `live` is the row of bits that says which slots are in use."""
    used = np.flatnonzero(np.unpackbits(live.view(np.uint8), bitorder="little")).tolist()
    for slot, (high, low) in zip(used, this.arrays["ids"][used].tolist(), strict=True):
        yield UUID(int=high << 64 | low), slot
