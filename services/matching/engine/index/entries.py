"""An offer in the index's terms: a line of numbers, and the names under which it has a bit."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.matching.engine.factors import YEARS_THAT_COUNT
from services.matching.engine.filters import RANKS, sectors
from services.matching.engine.index.columns import NOTHING_KNOWN, UNLIMITED
from services.matching.engine.index.tables import POSITIONS, band_rank
from services.matching.engine.values import Candidate, Days
from shared.primitives.terms import Level, Mode

MODES = tuple(Mode)
MODE_BITS = {mode: 1 << place for place, mode in enumerate(MODES)}
WORKING_LEVELS = (Level.B2, Level.C1, Level.C2)
# The working levels that somebody of a level has, too.
WORKS_AT = {level: tuple(one for one in WORKING_LEVELS if RANKS[level] >= RANKS[one]) for level in Level}
# Names of bits that are no codes.
LIVE, ACTIVE, ROOM, OPEN, ANY_MODE = "live", "active", "room", "open to any application", "any mode"
EVER = "free for years"
MONTHS = (
    36  # each month is a row of bits, so a stretch from now to the year 9999 must not make a row for each of its own
)


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes and ids as small numbers, in the order in which they were first met."""

    organisations: dict[UUID, int] = field(default_factory=dict)
    countries: dict[str, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)

    def line(self, candidate: Candidate) -> tuple[object, ...]:
        """The values of LINE in their order, but for those of the stretches; new codes get their numbers."""
        place, days = candidate.place, candidate.days_a_year
        return (
            candidate.rating,
            self.organisations.setdefault(candidate.organisation_id, len(self.organisations)),
            candidate.reserved,
            candidate.ratings,
            candidate.answered,
            candidate.accepted,
            self.countries.setdefault(place.country, len(self.countries)),
            self._place(place.region),
            self._place(place.subregion),
            UNLIMITED if days is None else min(days, UNLIMITED),
            NOTHING_KNOWN if place.income is None else place.income,
            band_of(place.population),
            POSITIONS[candidate.position],
            min(candidate.years_in_role, YEARS_THAT_COUNT),
            sum([MODE_BITS[mode] for mode in candidate.modes]),
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

    def _place(self, code: str | None) -> int:
        return NOTHING_KNOWN if code is None else self.places.setdefault(code, len(self.places))


def names_of(candidate: Candidate, free: Sequence[Days]) -> list[Hashable]:
    """Every name under which the offer has a bit; `free` are the stretches of its windows that are not booked."""
    names: list[Hashable] = [LIVE, *candidate.modes, *months_of(free)]
    names += [("theme", code) for code in candidate.themes]
    names += [("dac", code) for code in candidate.dac]
    names += [("sector", sector) for sector in sectors(candidate.dac)]
    names += [("sdg", number) for number in candidate.sdgs]
    for language, level in candidate.languages.items():
        names += [("language", language, working) for working in WORKS_AT[level]]
    if candidate.modes:
        names.append(ANY_MODE)
    if candidate.active:
        names.append(ACTIVE)
    if candidate.reserved < candidate.capacity:
        names.append(ROOM)
        if candidate.active and candidate.answers is None:
            names.append(OPEN)
    return names


def months_of(stretches: Sequence[Days]) -> set[Hashable]:
    """Names of the months with at least one of these days; EVER for a stretch of more than MONTHS of them."""
    names: set[Hashable] = set()
    for days in stretches:
        months = range(days.first.year * 12 + days.first.month - 1, days.last.year * 12 + days.last.month)
        names |= {EVER} if len(months) > MONTHS else set(months)
    return names


def band_of(population: int | None) -> int:
    """The rank of a population band; NOTHING_KNOWN for none."""
    return NOTHING_KNOWN if population is None else band_rank(population)
