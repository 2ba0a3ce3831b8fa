"""Sizes of places: population bands and a rough degree of urbanisation, both from the number of inhabitants."""

from enum import StrEnum

from shared.vocabulary.lookup import Labels


class PopulationBand(StrEnum):
    """Bands within which governments do much the same work. A band holds its lower bound, not its upper one."""

    UNDER_5K = "under-5k"
    FROM_5K_TO_20K = "5k-20k"
    FROM_20K_TO_100K = "20k-100k"
    FROM_100K_TO_500K = "100k-500k"
    OVER_500K = "500k-and-over"

    @property
    def rank(self) -> int:
        """0 for the smallest to 4 for the largest: the distance of two bands is the difference of their ranks."""
        return list(PopulationBand).index(self)

    @property
    def labels(self) -> Labels:
        """The band in words, numbers written as each language writes them."""
        return _BAND_LABELS[self]


class Urbanisation(StrEnum):
    """The three classes of the degree of urbanisation (United Nations Statistical Commission, 2020)."""

    CITY = "city"
    TOWN = "town"
    RURAL = "rural"

    @property
    def labels(self) -> Labels:
        """The class in words."""
        return _URBANISATION_LABELS[self]


UPPER_BOUNDS = (5_000, 20_000, 100_000, 500_000)

_BAND_LABELS = {
    PopulationBand.UNDER_5K: Labels("menos de 5.000", "under 5,000", "moins de 5 000"),
    PopulationBand.FROM_5K_TO_20K: Labels("de 5.000 a 20.000", "5,000 to 20,000", "de 5 000 à 20 000"),
    PopulationBand.FROM_20K_TO_100K: Labels("de 20.000 a 100.000", "20,000 to 100,000", "de 20 000 à 100 000"),
    PopulationBand.FROM_100K_TO_500K: Labels("de 100.000 a 500.000", "100,000 to 500,000", "de 100 000 à 500 000"),
    PopulationBand.OVER_500K: Labels("500.000 o más", "500,000 or more", "500 000 ou plus"),
}

_URBANISATION_LABELS = {
    Urbanisation.CITY: Labels("ciudad", "city", "ville"),
    Urbanisation.TOWN: Labels("villa o zona semidensa", "town or semi-dense area", "petite ville ou zone semi-dense"),
    Urbanisation.RURAL: Labels("zona rural", "rural area", "zone rurale"),
}


def population_band(inhabitants: int) -> PopulationBand:
    """The band of a number of inhabitants; raises ValueError for a negative one."""
    if inhabitants < 0:
        raise ValueError(f"a population of {inhabitants} is not possible: give 0 or more")
    bands = zip(UPPER_BOUNDS, PopulationBand, strict=False)
    return next((band for bound, band in bands if inhabitants < bound), PopulationBand.OVER_500K)


def urbanisation(inhabitants: int) -> Urbanisation:
    """The class that a place of this size most likely has: a city from 50,000 inhabitants, a town from 5,000.

    The standard looks at density on a grid of square kilometres as well, which a number of inhabitants does not tell;
    take it as an estimate, and as too urban for a large district of villages.
    """
    if population_band(inhabitants) is PopulationBand.UNDER_5K:
        return Urbanisation.RURAL
    return Urbanisation.TOWN if inhabitants < 50_000 else Urbanisation.CITY
