"""The five factors of a score: each gives a share from 0 to 1 and the codes that say why.

What is not known counts half and says so (`population:unknown`), so that a gap in the data neither wins nor loses.
"""

from collections.abc import Callable, Mapping
from math import floor

from services.matching.engine.days import LIMITS
from services.matching.engine.filters import shared_languages
from services.matching.engine.values import Candidate, Place, Plan, Request, Scale
from shared.primitives.terms import Level, Position
from shared.vocabulary.population import population_band

Because = tuple[str, ...]
Share = tuple[float, Because]

UNKNOWN = 0.5
THEME_PARTS, DAC_PARTS, SDG_PARTS = 4, 3, 3
SAME_SECTOR = 0.5
SAME_FAMILY = 0.5
YEARS_THAT_COUNT = 10
POSITION_PART, YEARS_PART = 0.6, 0.4
POPULATION_PART, INCOME_PART, REGION_PART = 0.4, 0.35, 0.25
BANDS_APART = 3
INCOME_GROUPS_APART = 3
SHARE_OF_LEVEL = {Level.B2: 0.7, Level.C1: 0.9, Level.C2: 1.0}
INTERPRETED = 0.3
ENOUGH_CHOICE = 4
PSEUDO_RATINGS = 4
FAMILIES: Mapping[str, frozenset[Position]] = {
    "elected": frozenset({Position.MAYOR, Position.COUNCILLOR}),
    "management": frozenset({Position.CHIEF_EXECUTIVE, Position.HEAD_OF_DEPARTMENT}),
    "technical": frozenset({Position.ENGINEER, Position.PLANNER}),
    "policy": frozenset({Position.POLICY_OFFICER, Position.SOCIAL_OFFICER, Position.COMMUNICATION_OFFICER}),
    "finance": frozenset({Position.FINANCE_OFFICER}),
}


def knowledge(request: Request, candidate: Candidate, _plan: Plan, _scale: Scale) -> Share:
    """Shares of the request's themes, DAC codes and SDGs that the offer covers, 4 : 3 : 3 among those that are named.

    A DAC code of the same sector (its first three digits) counts half.
    """
    if not request.themes and not request.dac and not request.sdgs:
        return UNKNOWN, ("need:unknown",)
    themes, sdgs = request.themes & candidate.themes, request.sdgs & candidate.sdgs
    found = [_dac(code, candidate.dac) for code in sorted(request.dac)]
    because = [f"theme:{theme}" for theme in sorted(themes)]
    because += dict.fromkeys(code for _, codes in found for code in codes)
    because += [f"sdg:{sdg}" for sdg in sorted(sdgs)]
    covered = (len(themes), sum(share for share, _ in found), len(sdgs))
    return knowledge_share(covered, (len(request.themes), len(request.dac), len(request.sdgs))), tuple(because)


def knowledge_share(covered: tuple[float, float, float], named: tuple[int, int, int]) -> float:
    """How much is covered of the themes, DAC codes and SDGs that are named, of which there is at least one."""
    total, parts = 0.0, 0
    for weight, found, number in zip((THEME_PARTS, DAC_PARTS, SDG_PARTS), covered, named, strict=True):
        if number:
            total += weight * (found / number)
            parts += weight
    return total / parts


def position(request: Request, candidate: Candidate, _plan: Plan, _scale: Scale) -> Share:
    """The same position (or half for the same family of positions), and years in it up to ten."""
    alike, because = likeness(request.position, candidate.position)
    return position_share(alike, candidate.years_in_role), (*because, f"years:{candidate.years_in_role}")


def position_share(alike: float, years: int) -> float:
    """The likeness of two positions, from 0 to 1, and years in the role."""
    return POSITION_PART * alike + YEARS_PART * (min(years, YEARS_THAT_COUNT) / YEARS_THAT_COUNT)


def context(request: Request, candidate: Candidate, _plan: Plan, _scale: Scale) -> Share:
    """How comparable the two places are: population band, income group of the country, part of the world."""
    population, population_because = _population(request.place, candidate.place)
    income, income_because = _income(request.place, candidate.place)
    region, region_because = _region(request.place, candidate.place)
    wished = ("preferred",) if candidate.organisation_id in request.preferred else ()
    because = (*wished, *population_because, *income_because, *region_because)
    return context_share(population, income, region), because


def context_share(population: float, income: float, region: float) -> float:
    """Three likenesses of two places, each from 0 to 1, as one."""
    return POPULATION_PART * population + INCOME_PART * income + REGION_PART * region


def language(request: Request, candidate: Candidate, _plan: Plan, _scale: Scale) -> Share:
    """The level of the best shared language; less where everything has to be interpreted."""
    shared = shared_languages(request, candidate)
    if not shared:
        return INTERPRETED, ("interpretation",)
    best = max(SHARE_OF_LEVEL[level] for level in shared.values())
    return best, tuple(f"language:{name}" for name, level in sorted(shared.items()) if SHARE_OF_LEVEL[level] == best)


def availability(_request: Request, candidate: Candidate, plan: Plan, scale: Scale) -> Share:
    """Half for the choice of days, half for the track record: ratings drawn toward everybody's mean by four of them."""
    share = availability_share(
        plan.free, ENOUGH_CHOICE * LIMITS[plan.mode].usual, candidate.ratings, candidate.rating, scale.mean_rating
    )
    record = f"rating:{candidate.rating:.1f}" if candidate.ratings else "rating:none"
    return share, (f"days:{plan.free}", record)


def availability_share(free: int, enough: int, ratings: int, rating: float, mean_rating: float) -> float:
    """`free` days of which `enough` would be a full choice, and `ratings` whose mean is `rating`, from 1 to 5."""
    choice = min(1.0, free / enough)
    drawn = (rating * ratings + mean_rating * PSEUDO_RATINGS) / (ratings + PSEUDO_RATINGS)
    return 0.5 * choice + 0.5 * (drawn - 1) / 4


FACTORS: Mapping[str, Callable[[Request, Candidate, Plan, Scale], Share]] = {
    "knowledge": knowledge,
    "position": position,
    "context": context,
    "language": language,
    "availability": availability,
}


def hundredths(weight: float, share: float) -> int:
    """What a share of a factor's weight gives, in hundredths of a point: whole numbers add up without an error."""
    return floor(weight * share * 100 + 0.5)


def _dac(code: str, offered: frozenset[str]) -> Share:
    if code in offered:
        return 1.0, (f"dac:{code}",)
    sector = code[:3]
    if any(other.startswith(sector) for other in offered):
        return SAME_SECTOR, (f"dac-sector:{sector}",)
    return 0.0, ()


def likeness(wanted: Position, offered: Position) -> Share:
    """1 for the same position, half for the same family, else 0."""
    if wanted is offered:
        return 1.0, (f"position:{wanted}",)
    for name, family in FAMILIES.items():
        if wanted in family and offered in family:
            return SAME_FAMILY, (f"position-family:{name}",)
    return 0.0, ()


def _population(one: Place, other: Place) -> Share:
    if one.population is None or other.population is None:
        return UNKNOWN, ("population:unknown",)
    apart = abs(population_band(one.population).rank - population_band(other.population).rank)
    return nearness(apart, BANDS_APART), (f"population-bands-apart:{apart}",)


def _income(one: Place, other: Place) -> Share:
    if one.income is None or other.income is None:
        return UNKNOWN, ("income:unknown",)
    apart = abs(one.income - other.income)
    return nearness(apart, INCOME_GROUPS_APART), (f"income-groups-apart:{apart}",)


def nearness(apart: int, far: int) -> float:
    """1 for the same rank, 0 for ranks that are `far` or more apart."""
    return max(0.0, 1 - apart / far)


def _region(one: Place, other: Place) -> Share:
    if one.region is None or other.region is None:
        return UNKNOWN, ("region:unknown",)
    if one.subregion is not None and one.subregion == other.subregion:
        return 1.0, (f"subregion:{one.subregion}",)
    return (UNKNOWN, (f"region:{one.region}",)) if one.region == other.region else (0.0, ())
