"""A request in the numbers of the columns, for peers to write down in their own language."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

import numpy as np

from services.matching.engine import factors
from services.matching.engine.days import LIMITS, advised
from services.matching.engine.factors import hundredths
from services.matching.engine.values import Place, Request, Scale
from shared.primitives.terms import Level, Position
from tests.benchmarks.matching.peers.columns import MODES, POSITIONS, ROLES, UNKNOWN, WORKING, Offers, kind_of

Found = list[tuple[UUID, int]]


@dataclass(frozen=True, slots=True)
class WantedMode:
    """A mode to be tried: its bit, the days that it needs at least, and how many free ones are a full choice."""

    bit: int
    shortest: int
    enough: int


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What should be known, as bits, and how many themes, DAC codes and SDGs are named; those nobody has count too.

    `sectors`: bits of the sectors of at least one code that is asked for, of at least two, and so on, so that the bits
    which an offer has in all of them tell for how many codes it knows the sector.
    """

    themes: int
    dac: int
    sectors: tuple[int, ...]
    sdgs: int
    named: tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One request, in the columns' numbers and bits; organisations and offers that are not there are left out.

    `modes` are tried in their order. `spoken`: bits of what is spoken at B2 or better, at C1 or better, at C2. Points
    are hundredths: `of_role` and `of_kind` by the columns of these names, `of_language` for interpretation, B2, C1, C2.
    `country`: None where offers of the same country are welcome.
    """

    application: int
    ruled_out: tuple[int, ...]
    preferred: tuple[int, ...]
    refused: tuple[int, ...]
    country: int | None
    knowledge: Knowledge
    modes: tuple[WantedMode, ...]
    spoken: tuple[int, ...]
    interpretation: bool
    first: int
    last: int
    months: int
    of_role: tuple[int, ...]
    of_kind: tuple[int, ...]
    of_language: tuple[int, ...]
    of_knowledge: float
    of_availability: float
    mean_rating: float
    expected: float
    expected_in: Mapping[int, float]

    @property
    def every_mode(self) -> int:
        """The bits of all modes that are tried."""
        return sum(mode.bit for mode in self.modes)


def wanted(request: Request, scale: Scale, offers: Offers) -> Wanted:
    """The request in the numbers of these columns."""
    codes, weights = offers.codes, scale.weights
    modes = advised(request.participants) if request.mode is None else (request.mode,)
    shares = (factors.INTERPRETED, *factors.SHARE_OF_LEVEL.values())
    return Wanted(
        application=codes.applications.of(request.application_id),
        ruled_out=tuple(codes.organisations.known({request.organisation_id, *request.excluded})),
        preferred=tuple(codes.organisations.known(request.preferred)),
        refused=tuple(offers.places[one] for one in request.refused if one in offers.places),
        country=None if request.same_country else codes.countries.of(request.place.country),
        knowledge=_knowledge(request, offers),
        modes=tuple(
            WantedMode(1 << MODES.index(mode), LIMITS[mode].shortest, factors.ENOUGH_CHOICE * LIMITS[mode].usual)
            for mode in modes
        ),
        spoken=tuple(codes.spoken.bits(_spoken(request, level)) for level in WORKING),
        interpretation=request.interpretation,
        first=request.window.first.toordinal(),
        last=request.window.last.toordinal(),
        months=offers.months([request.window]),
        of_role=_of_role(weights.position, request.position),
        of_kind=_of_kind(weights.context, request.place, offers),
        of_language=tuple(hundredths(weights.language, share) for share in shares),
        of_knowledge=float(weights.knowledge),
        of_availability=float(weights.availability),
        mean_rating=float(scale.mean_rating),
        expected=float(scale.expected),
        expected_in={codes.countries.of(country): share for country, share in scale.expected_in.items()},
    )


def _knowledge(request: Request, offers: Offers) -> Knowledge:
    times = Counter(code[:3] for code in request.dac)
    return Knowledge(
        themes=offers.codes.themes.bits(request.themes),
        dac=offers.codes.dac.bits(request.dac),
        sectors=tuple(
            offers.codes.sectors.bits(sector for sector, number in times.items() if number >= least)
            for least in range(1, max(times.values(), default=0) + 1)
        ),
        sdgs=sum(1 << goal for goal in request.sdgs),
        named=(len(request.themes), len(request.dac), len(request.sdgs)),
    )


def _spoken(request: Request, level: Level) -> list[tuple[str, Level]]:
    return [(language, level) for language, own in request.languages.items() if own.at_least(level)]


@lru_cache(maxsize=64)
def _of_role(weight: float, position: Position) -> tuple[int, ...]:
    return tuple(
        hundredths(weight, factors.position_share(factors.likeness(position, other)[0], years))
        for other in POSITIONS
        for years in range(ROLES)
    )


def _of_kind(weight: float, place: Place, offers: Offers) -> tuple[int, ...]:
    band, income, region, subregion = kind_of(place, offers.codes.regions.of)
    bands, incomes, regions, subregions = offers.kinds.T
    population = np.maximum(0, 1 - np.abs(bands - band) / factors.BANDS_APART)
    population[(bands == UNKNOWN) | (band == UNKNOWN)] = factors.UNKNOWN
    wealth = np.maximum(0, 1 - np.abs(incomes - income) / factors.INCOME_GROUPS_APART)
    wealth[(incomes == UNKNOWN) | (income == UNKNOWN)] = factors.UNKNOWN
    near = np.where(regions == region, 0.5, 0.0)
    near[(subregions == subregion) & (subregion != UNKNOWN)] = 1.0
    near[(regions == UNKNOWN) | (region == UNKNOWN)] = factors.UNKNOWN
    share = factors.POPULATION_PART * population + factors.INCOME_PART * wealth + factors.REGION_PART * near
    return tuple(np.floor(weight * share * 100 + 0.5).astype(int).tolist())
