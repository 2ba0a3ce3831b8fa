"""An offer in the index's terms: a line of numbers, and the names under which it has a bit."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from services.matching.engine.factors import YEARS_THAT_COUNT
from services.matching.engine.filters import RANKS, sectors
from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.columns import NOTHING_KNOWN
from services.matching.engine.index.tables import POSITIONS, band_rank
from services.matching.engine.values import Candidate, Days, Stretch
from shared.primitives.terms import Level, Mode

MODES = tuple(Mode)
WORKING_LEVELS = (Level.B2, Level.C1, Level.C2)
# The working levels that somebody of a level has, too.
WORKS_AT = {level: tuple(one for one in WORKING_LEVELS if RANKS[level] >= RANKS[one]) for level in Level}
# Names of bits that are no codes.
LIVE, ACTIVE, ROOM, OPEN, ANY_MODE = "live", "active", "room", "open to any application", "any mode"
EVER = "free for years"
MONTHS = (
    36  # each month is a row of bits, so a stretch from now to the year 9999 must not make a row for each of its own
)


class Numbered(dict[Any, int]):
    """Things by the numbers that they got, from 0, in the order in which they were first asked for."""

    def __missing__(self, thing: Any) -> int:
        number = self[thing] = len(self)
        return number


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes and ids as small numbers."""

    organisations: Numbered = field(default_factory=Numbered)
    countries: Numbered = field(default_factory=Numbered)
    places: Numbered = field(default_factory=Numbered)

    def line(self, candidate: Candidate) -> tuple[Any, ...]:
        """The values of LINE in their order, but for those of the stretches; new codes get their numbers."""
        place, years = candidate.place, candidate.years_in_role
        region, subregion = place.region, place.subregion
        return (
            candidate.rating,
            self.organisations[candidate.organisation_id],
            candidate.reserved,
            candidate.ratings,
            candidate.answered,
            candidate.accepted,
            self.countries[place.country],
            NOTHING_KNOWN if region is None else self.places[region],
            NOTHING_KNOWN if subregion is None else self.places[subregion],
            NOTHING_KNOWN if place.income is None else place.income,
            band_of(place.population),
            POSITIONS[candidate.position],
            min(years, YEARS_THAT_COUNT),
            mode_bits(candidate.modes),
            candidate.answers is None,
        )

    def by_column(self) -> Mapping[str, Mapping[int, Any]]:
        """What the numbers in a column stand for."""
        places = {number: code for code, number in self.places.items()}
        return {
            "organisation": {number: code for code, number in self.organisations.items()},
            "country": {number: code for code, number in self.countries.items()},
            "region": places,
            "subregion": places,
        }


class Names:
    """What an offer has a bit for, as a mask of Bitmaps: worked out once for each fact, then put together."""

    def __init__(self, bitmaps: Bitmaps) -> None:
        self._theme = _Masks(bitmaps, lambda code: [("theme", code)])
        self._purpose = _Masks(bitmaps, lambda code: [("dac", code), *(("sector", one) for one in sectors([code]))])
        self._goal = _Masks(bitmaps, lambda number: [("sdg", number)])
        self._mode = _Masks(bitmaps, lambda mode: [mode, ANY_MODE])
        self._speech = _Masks(bitmaps, lambda spoken: [("language", spoken[0], level) for level in WORKS_AT[spoken[1]]])
        self._months = _Masks(bitmaps, lambda ends: _months(*ends))
        self._state = _Masks(bitmaps, lambda state: _words(*state))

    def of(self, candidate: Candidate, free: Iterable[Stretch]) -> int:
        """The mask of an offer; `free` are its free stretches."""
        mask = self._state[candidate.active, candidate.reserved < candidate.capacity, candidate.answers is None]
        for code in candidate.themes:
            mask |= self._theme[code]
        for code in candidate.dac:
            mask |= self._purpose[code]
        for number in candidate.sdgs:
            mask |= self._goal[number]
        for mode in candidate.modes:
            mask |= self._mode[mode]
        for spoken in candidate.languages.items():
            mask |= self._speech[spoken]
        for days, _ in free:
            first, last = days.first, days.last
            mask |= self._months[first.year * 12 + first.month - 1, last.year * 12 + last.month - 1]
        return mask


class _Masks(dict[Any, int]):
    """The masks of facts of one kind, each worked out when it is first asked for."""

    def __init__(self, bitmaps: Bitmaps, names: Callable[[Any], Iterable[Hashable]]) -> None:
        super().__init__()
        self._bitmaps, self._names = bitmaps, names

    def __missing__(self, fact: Any) -> int:
        mask = self[fact] = self._bitmaps.mask(self._names(fact))
        return mask


def _words(active: bool, room: bool, standing: bool) -> Iterator[Hashable]:
    yield LIVE
    if active:
        yield ACTIVE
    if room:
        yield ROOM
    if active and room and standing:
        yield OPEN


def months_of(stretches: Iterable[Days]) -> set[Hashable]:
    """Names of the months with at least one of these days; EVER for a stretch of more than MONTHS of them."""
    names: set[Hashable] = set()
    for days in stretches:
        names.update(_months(days.first.year * 12 + days.first.month - 1, days.last.year * 12 + days.last.month - 1))
    return names


def _months(first: int, last: int) -> Iterable[Hashable]:
    """Two months, counted from the year 0, and those between."""
    months = range(first, last + 1)
    return (EVER,) if len(months) > MONTHS else months


@lru_cache(maxsize=4096)
def mode_bits(modes: tuple[Mode, ...]) -> int:
    """Modes as one number: bit n for the mode at place n of MODES."""
    return sum(1 << place for place, mode in enumerate(MODES) if mode in modes)


def band_of(population: int | None) -> int:
    """The rank of a population band; NOTHING_KNOWN for none."""
    return NOTHING_KNOWN if population is None else band_rank(population)
