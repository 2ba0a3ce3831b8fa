"""The factors' own formulas, written out for every case that can occur, so that the kernel only looks up."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from services.matching.engine import factors
from services.matching.engine.factors import hundredths
from shared.primitives.terms import Position
from shared.vocabulary.income import IncomeGroup
from shared.vocabulary.population import PopulationBand, population_band

Table = npt.NDArray[np.int32]

POSITIONS = {position: place for place, position in enumerate(Position)}
BANDS, INCOMES = len(PopulationBand), len(IncomeGroup)
REGION_UNKNOWN, REGION_OTHER, REGION_SAME, SUBREGION_SAME = range(4)
REGION_SHARES = (factors.UNKNOWN, 0.0, factors.UNKNOWN, 1.0)


@lru_cache(maxsize=512)
def knowledge(weight: float, themes: int, dac: int, sdgs: int) -> Table:
    """By themes covered, halves of DAC codes covered, SDGs covered; each of them named so often."""
    table = np.zeros((themes + 1, 2 * dac + 1, sdgs + 1), np.int32)
    for place in np.ndindex(*table.shape):
        if themes or dac or sdgs:
            covered = (float(place[0]), place[1] * factors.SAME_SECTOR, float(place[2]))
            share = factors.knowledge_share(covered, (themes, dac, sdgs))
        else:
            share = factors.UNKNOWN
        table[place] = hundredths(weight, share)
    return table


@lru_cache(maxsize=512)
def position(weight: float, wanted: Position) -> Table:
    """By the place of a position in Position, and years in it, up to those that count."""
    return np.array(
        [
            [
                hundredths(weight, factors.position_share(factors.likeness(wanted, offered)[0], years))
                for years in range(factors.YEARS_THAT_COUNT + 1)
            ]
            for offered in Position
        ],
        np.int32,
    )


@lru_cache(maxsize=512)
def context(weight: float) -> Table:
    """By bands apart, income groups apart (the last of either: not known), and what is known of the regions."""
    populations = [*(factors.nearness(apart, factors.BANDS_APART) for apart in range(BANDS)), factors.UNKNOWN]
    incomes = [*(factors.nearness(apart, factors.INCOME_GROUPS_APART) for apart in range(INCOMES)), factors.UNKNOWN]
    return np.array(
        [
            [
                [hundredths(weight, factors.context_share(population, income, region)) for region in REGION_SHARES]
                for income in incomes
            ]
            for population in populations
        ],
        np.int32,
    )


@lru_cache(maxsize=512)
def language(weight: float) -> Table:
    """Interpretation, then the best shared language at B2, C1 and C2."""
    shares = (factors.INTERPRETED, *factors.SHARE_OF_LEVEL.values())
    return np.array([hundredths(weight, share) for share in shares], np.int32)


@lru_cache(maxsize=65_536)
def band_rank(population: int) -> int:
    """The rank of the band of a population."""
    return population_band(population).rank
