"""How likely an offerer is to agree: the share of earlier proposals that were accepted, drawn toward others' share.

An estimate of few answers says little, so it counts as if `PSEUDO_ANSWERS` more had come out as usual in the offerer's
country; and a country's share is drawn toward the share all over in the same way. Where nobody has answered anything,
agreement is expected: that takes nothing from anybody's score.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.matching.engine.values import Candidate, Scale

PSEUDO_ANSWERS = 4


class Answers(NamedTuple):
    """How many proposals were answered (or left to expire), and how many of these were accepted."""

    answered: int
    accepted: int


def acceptance(candidate: Candidate, scale: Scale) -> float:
    """The probability, from 0 to 1, that the offerer agrees."""
    return drawn(candidate.answered, candidate.accepted, scale.expected_in.get(candidate.place.country, scale.expected))


def drawn(answered: int, accepted: int, expected: float) -> float:
    """The share of accepted ones, drawn toward what is expected."""
    return (accepted + PSEUDO_ANSWERS * expected) / (answered + PSEUDO_ANSWERS)


def expectations(by_country: Mapping[str, Answers]) -> tuple[float, dict[str, float]]:
    """What to expect all over, and in each country, for a Scale."""
    everybody = drawn(
        sum(one.answered for one in by_country.values()), sum(one.accepted for one in by_country.values()), 1.0
    )
    return everybody, {country: drawn(*one, everybody) for country, one in by_country.items()}
