"""A large round, as demand is in life: some experts are in very many lists, most in few.

A round belongs to a programme, so its hard filters (themes, languages, modes, months) let a tenth of the offers pass.
Which of them a list of candidates contains follows popularity: list after list is drawn without repetition, each offer
with a chance in proportion to its rank to the power of -0.8, a little flatter than Zipf's law. Scores add what all
applications see alike (years, track record, days) to what suits one of them; `alike` and `own` are the standard
deviations of both, in points. Together they make the distance between the first and the fiftieth of a list, 8 points
here. The weights of the product's score gave 6 to 16 over 200,000 invented offers: the less, the more offers suit what
is sought, since the best of many are near full points in every factor.
"""

from dataclasses import dataclass
from random import Random
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.rounds.values import HIGHEST, POINT, OpenApplication, OpenOffer, Pairing, Round

COUNTRIES = ("BF", "CO", "GH", "KH", "MD", "PS", "LK", "UG", "NL", "ES")
RICH = frozenset({"NL", "ES"})
SKEW = 0.8
CENTRE = 80


@dataclass(frozen=True, slots=True)
class Demand:
    """How large a round is, and what its scores are made of."""

    applications: int = 10_000
    offers: int = 200_000
    passing: int = 20_000
    candidates: int = 50
    alike: float = 0.8
    own: float = 1.6
    seed: int = 5


def a_large_round(demand: Demand) -> Round:
    """The round; the same for the same demand. Loads are 0: a season begins."""
    random, numbers = Random(demand.seed), np.random.default_rng(demand.seed)
    applications = [_application(random) for _ in range(demand.applications)]
    offers = _offers(demand, random)
    passing = random.sample(offers, demand.passing)
    lists = _lists(demand, numbers)
    alike = numbers.normal(0, demand.alike, demand.passing)
    points = CENTRE + alike[lists] + numbers.normal(0, demand.own, lists.shape)
    scores = np.clip(np.round(points * POINT), 0, HIGHEST).astype(np.int64)
    pairings = [
        Pairing(asking.application_id, passing[offer].offer_id, score)
        for asking, row, given in zip(applications, lists.tolist(), scores.tolist(), strict=True)
        for offer, score in zip(row, given, strict=True)
    ]
    return Round(applications, offers, pairings)


def _application(random: Random) -> OpenApplication:
    country = random.choice(COUNTRIES)
    return OpenApplication(_id(random), country, south=country not in RICH, first_timer=random.random() < 0.4)


def _offers(demand: Demand, random: Random) -> list[OpenOffer]:
    """One to five places each; every twentieth expert has two offers."""
    offers: list[OpenOffer] = []
    while len(offers) < demand.offers:
        expert, south, first_timer = _id(random), random.random() < 0.3, random.random() < 0.5
        number = 2 if random.random() < 0.05 else 1
        offers += [OpenOffer(_id(random), expert, random.randint(1, 5), 0, south, first_timer) for _ in range(number)]
    return offers[: demand.offers]


def _lists(demand: Demand, numbers: np.random.Generator) -> NDArray[np.int64]:
    """Of each application, the numbers of its candidates: drawn by popularity, none twice."""
    popularity = np.arange(1, demand.passing + 1) ** -SKEW
    below = np.cumsum(popularity / popularity.sum())
    lists = np.empty((demand.applications, demand.candidates), np.int64)
    for row in lists:
        met: dict[int, None] = {}
        while len(met) < demand.candidates:
            drawn = np.searchsorted(below, numbers.random(2 * demand.candidates))
            met |= dict.fromkeys(np.minimum(drawn, demand.passing - 1).tolist())
        row[:] = list(met)[: demand.candidates]
    return lists


def _id(random: Random) -> UUID:
    return UUID(int=random.getrandbits(128), version=4)
