"""How likely an offerer is to agree: the share of earlier proposals that were accepted, drawn toward that of similar
offers.

An estimate of few answers says little, so it counts as if `PSEUDO_ANSWERS` more had come out as usual with the other
offers of the same organisation; their share is drawn toward that of the country in the same way, and a country's toward
the share all over. Where nobody has answered anything, agreement is expected: that takes nothing from anybody's score.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from services.matching.engine.values import Candidate, Scale

PSEUDO_ANSWERS = 4


class Answers(NamedTuple):
    """How many proposals were answered (or left to expire), and how many of these were accepted."""

    answered: int
    accepted: int


NOBODY = Answers(0, 0)


class Expectations(NamedTuple):
    """What is known beside the offer itself, as a Scale takes it."""

    expected: float
    expected_in: Mapping[str, float]
    of_organisations: Mapping[UUID, Answers]


def acceptance(candidate: Candidate, scale: Scale) -> float:
    """The probability, from 0 to 1, that the offerer agrees."""
    in_country = scale.expected_in.get(candidate.place.country, scale.expected)
    return drawn(candidate.answered, candidate.accepted, drawn(*of_others(candidate, scale), in_country))


def of_others(candidate: Candidate, scale: Scale) -> Answers:
    """What was answered for the other offers of the organisation."""
    of_all = scale.of_organisations.get(candidate.organisation_id, NOBODY)
    # The sums may be of a moment before or after the one in which the offer was read.
    answered = max(0, of_all[0] - candidate.answered)
    return Answers(answered, min(answered, max(0, of_all[1] - candidate.accepted)))


def once_more(candidate: Candidate, scale: Scale) -> tuple[Candidate, Scale]:
    """The offer as if it had been agreed to once more, and the scale for it; others' answers stay what they are."""
    changed = replace(candidate, answered=candidate.answered + 1, accepted=candidate.accepted + 1)
    answered, accepted = of_others(candidate, scale)
    of_all = Answers(answered + changed.answered, accepted + changed.accepted)
    return changed, replace(scale, of_organisations={candidate.organisation_id: of_all})


def drawn(answered: int, accepted: int, expected: float) -> float:
    """The share of accepted ones, drawn toward what is expected."""
    return (accepted + PSEUDO_ANSWERS * expected) / (answered + PSEUDO_ANSWERS)


def expectations(by_country: Mapping[str, Answers]) -> tuple[float, dict[str, float]]:
    """What to expect all over, and in each country, for a Scale."""
    everybody = drawn(
        sum(one.answered for one in by_country.values()), sum(one.accepted for one in by_country.values()), 1.0
    )
    return everybody, {country: drawn(*one, everybody) for country, one in by_country.items()}
