"""Offers as columns of plain numbers, made once and loaded by every peer that thinks in columns.

Much is prepared in the peers' favour. Offers that are paused or full are left out, since no request can find them. Rows
lie in the order that decides between equals (fewer exchanges taken on, then the id), so a row's number, its place,
stands for both. Booked days are taken out of the windows. What decides the points for position and for context is one
number each, so a peer can look them up.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.days import free_stretches
from services.matching.engine.factors import YEARS_THAT_COUNT
from services.matching.engine.values import Candidate, Days, Place, Stretch
from shared.primitives.terms import Level, Mode, Position
from shared.vocabulary.population import population_band

Column = npt.NDArray[Any]

UNKNOWN = -1
WORKING = (Level.B2, Level.C1, Level.C2)
MODES, POSITIONS = tuple(Mode), tuple(Position)
ROLES = YEARS_THAT_COUNT + 1
MONTHS = 62  # beside a bit for the time before them and one for the time after
MOST_CODES = 63


class Numbering:
    """Small numbers for codes, in the order in which they were first met."""

    def __init__(self) -> None:
        self.numbers: dict[Any, int] = {}

    def add(self, code: Any) -> int:
        """The number of a code, a new one if need be; UNKNOWN for None."""
        return UNKNOWN if code is None else self.numbers.setdefault(code, len(self.numbers))

    def of(self, code: Any) -> int:
        """The number of a code; one that nothing has if it was never met; UNKNOWN for None."""
        return UNKNOWN if code is None else self.numbers.get(code, len(self.numbers))

    def known(self, codes: Iterable[Any]) -> list[int]:
        """The numbers of those codes that were met."""
        return sorted(self.numbers[code] for code in codes if code in self.numbers)

    def bits_added(self, codes: Iterable[Any]) -> int:
        """One bit for each code. Raises ValueError when they no longer fit a word of 64 bits with a sign."""
        bits = sum(1 << self.add(code) for code in codes)
        if len(self.numbers) > MOST_CODES:
            raise ValueError(f"more than {MOST_CODES} codes do not fit a column of bits")
        return bits

    def bits(self, codes: Iterable[Any]) -> int:
        """One bit for each code that was met."""
        return sum(1 << number for number in self.known(codes))


@dataclass(frozen=True, slots=True)
class Codes:
    """What the numbers stand for."""

    organisations: Numbering
    applications: Numbering
    countries: Numbering
    kinds: Numbering
    regions: Numbering
    themes: Numbering
    dac: Numbering
    sectors: Numbering
    spoken: Numbering

    @classmethod
    def empty(cls) -> "Codes":
        return cls(*(Numbering() for _ in range(9)))


@dataclass(frozen=True, slots=True)
class Offers:
    """The offers that can be found, as columns of the same length.

    `firsts` and `lasts`: free stretches as ordinals of days, the longest list of them wide, (1, 0) where there is none;
    `most`: how many days of each an exchange may take.
    `kinds`: population band, income, region and subregion of each kind of place; the column `kind` says which one.
    `role`: a position's number times ROLES, and the years in it.
    """

    ids: Sequence[UUID]
    places: Mapping[UUID, int]
    columns: Mapping[str, Column]
    firsts: Column
    lasts: Column
    most: Column
    kinds: Column
    codes: Codes
    first_month: int

    def months(self, stretches: Iterable[Days]) -> int:
        """A bit for each month that has one of these days."""
        return months_of(stretches, self.first_month)

    def flat(self) -> dict[str, Column]:
        """All columns, the places before them and the stretches after them, each first and last day by itself."""
        columns = {"place": np.arange(len(self.ids), dtype=np.int32), **self.columns}
        for number in range(self.width):
            columns[f"first_{number}"] = self.firsts[:, number].copy()
            columns[f"last_{number}"] = self.lasts[:, number].copy()
            columns[f"most_{number}"] = self.most[:, number].copy()
        return columns

    @property
    def width(self) -> int:
        """How many free stretches one offer has at most."""
        return int(self.firsts.shape[1])


TYPES: Mapping[str, type[np.generic]] = {
    "organisation": np.int32,
    "answers": np.int32,
    "country": np.int16,
    "kind": np.int16,
    "role": np.int16,
    "modes": np.int16,
    "sdgs": np.int32,
    "ratings": np.int32,
    "rating": np.float64,
    "answered": np.int32,
    "accepted": np.int32,
    "stretches": np.int16,
    "themes": np.int64,
    "dac": np.int64,
    "sectors": np.int64,
    "spoken": np.int64,
    "months": np.int64,
}


def columns_of(offers: Sequence[Candidate]) -> Offers:
    """The columns of these offers."""
    found = [one for one in offers if one.active and one.reserved < one.capacity]
    found.sort(key=lambda one: (one.reserved, one.offer_id))
    free = [free_stretches(one) for one in found]
    first_month = min((_month(days.first) for some in free for days, _ in some), default=0)
    codes = Codes.empty()
    rows = [
        (*_facts(one, codes), len(some), *_bits(one, codes), months_of((days for days, _ in some), first_month))
        for one, some in zip(found, free, strict=True)
    ]
    table = np.array(rows, list(TYPES.items()))
    columns = {name: np.ascontiguousarray(table[name]) for name in TYPES}
    kinds = np.array(list(codes.kinds.numbers), np.int64).reshape(-1, 4)
    ids = [one.offer_id for one in found]
    places = {offer_id: place for place, offer_id in enumerate(ids)}
    return Offers(ids, places, columns, *_stretches(free), kinds, codes, first_month)


def months_of(stretches: Iterable[Days], first_month: int) -> int:
    """A bit for each month that has one of these days; the first bit and the last one stand for all others."""
    bits = 0
    for days in stretches:
        low, high = (min(max(_month(day) - first_month + 1, 0), MONTHS) for day in (days.first, days.last))
        bits |= (1 << high + 1) - (1 << low)
    return bits


def _facts(one: Candidate, codes: Codes) -> tuple[Any, ...]:
    return (
        codes.organisations.add(one.organisation_id),
        codes.applications.add(one.answers),
        codes.countries.add(one.place.country),
        codes.kinds.add(kind_of(one.place, codes.regions.add)),
        POSITIONS.index(one.position) * ROLES + min(one.years_in_role, YEARS_THAT_COUNT),
        sum(1 << MODES.index(mode) for mode in one.modes),
        sum(1 << goal for goal in one.sdgs),
        one.ratings,
        one.rating,
        one.answered,
        one.accepted,
    )


def kind_of(place: Place, number: Callable[[str | None], int]) -> tuple[int, int, int, int]:
    """Population band, income, region and subregion, UNKNOWN where nothing is known; `number` gives a region's."""
    return (
        UNKNOWN if place.population is None else population_band(place.population).rank,
        UNKNOWN if place.income is None else place.income,
        number(place.region),
        number(place.subregion),
    )


def _bits(one: Candidate, codes: Codes) -> tuple[int, ...]:
    return (
        codes.themes.bits_added(one.themes),
        codes.dac.bits_added(one.dac),
        codes.sectors.bits_added({code[:3] for code in one.dac}),
        codes.spoken.bits_added(_spoken(one.languages)),
    )


def _spoken(languages: Mapping[str, Level]) -> list[tuple[str, Level]]:
    """Each language with every level to work in that is reached."""
    return [(language, level) for language, own in languages.items() for level in WORKING if own.at_least(level)]


def _stretches(free: Sequence[Sequence[Stretch]]) -> tuple[Column, Column, Column]:
    width = max(map(len, free), default=0)
    firsts, lasts = np.ones((len(free), width), np.int32), np.zeros((len(free), width), np.int32)
    most = np.zeros((len(free), width), np.int16)
    for row, some in enumerate(free):
        for column, (days, limit) in enumerate(some):
            firsts[row, column], lasts[row, column] = days.first.toordinal(), days.last.toordinal()
            most[row, column] = limit
    return firsts, lasts, most


def _month(day: Any) -> int:
    return int(day.year * 12 + day.month)
