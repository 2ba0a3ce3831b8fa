"""Invented histories of answers, and forecasts of the later ones by the earlier ones.

Nobody has answered yet, so the histories are drawn: countries differ, organisations differ within countries, and offers
within organisations, each by a normal step of the log-odds to agree. How far organisations are apart is not known
either, so there is more than one world. A history is split in time: forecasts know what lies before.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp
from random import Random
from uuid import UUID

from services.matching.engine.acceptance import Answers, acceptance
from services.matching.engine.values import Candidate, Place, Weights
from services.matching.storage.living import Living
from shared.vocabulary.countries import COUNTRIES
from tests.builders.matching import a_candidate
from tests.judgement.measures import Said

# Standard deviations of the log-odds between organisations of a country.
WORLDS: Mapping[str, float] = {"much alike": 0.3, "different": 0.8, "far apart": 1.6}
ORGANISATIONS, MOST_ANSWERS, MOST_OFFERS = 400, 12, 3
SOME_COUNTRIES = sorted(COUNTRIES)[::17]
USUAL, OF_COUNTRIES, OF_OFFERS = 0.5, 0.5, 0.4
SPLIT = 0.6  # of the time


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to which offer, when (from 0 to 1), and how likely `accepted` was."""

    offer_id: UUID
    organisation_id: UUID
    country: str
    at: float
    chance: float
    accepted: bool


Forecast = Callable[[Answer], float]


def history(random: Random, apart: float) -> Iterator[Answer]:
    """What several hundred organisations answer, each at most a dozen times, in no order."""
    usual = {country: random.gauss(USUAL, OF_COUNTRIES) for country in SOME_COUNTRIES}
    for organisation in range(ORGANISATIONS):
        country = random.choice(SOME_COUNTRIES)
        own = random.gauss(usual[country], apart)
        offers = [
            (UUID(int=organisation << 64 | number), 1 / (1 + exp(-random.gauss(own, OF_OFFERS))))
            for number in range(random.randint(1, MOST_OFFERS))
        ]
        for _ in range(random.randint(0, MOST_ANSWERS)):
            offer_id, chance = random.choice(offers)
            accepted = random.random() < chance
            yield Answer(offer_id, UUID(int=organisation), country, random.random(), chance, accepted)


def ours(past: Sequence[Answer]) -> Forecast:
    """The estimate that a score is multiplied with."""
    known = {offer_id: _candidate(of) for offer_id, of in _grouped(past, lambda one: one.offer_id).items()}
    living = Living()
    for one in known.values():
        living.index.put(one)
    scale = living.scale(Weights())
    return lambda asked: acceptance(known.get(asked.offer_id) or _candidate([], asked), scale)


def mean_of(group: Callable[[Answer], Hashable]) -> Callable[[Sequence[Answer]], Forecast]:
    """Always the group's share of accepted ones; everybody's where the group has not answered."""

    def learned(past: Sequence[Answer]) -> Forecast:
        everybody = _share(past)
        shares = {one: _share(some) for one, some in _grouped(past, group).items()}
        return lambda asked: shares.get(group(asked), everybody)

    return learned


FORECASTS: Mapping[str, Callable[[Sequence[Answer]], Forecast]] = {
    "the offer's own share": mean_of(lambda one: one.offer_id),
    "its organisation's": mean_of(lambda one: one.organisation_id),
    "its country's": mean_of(lambda one: one.country),
    "everybody's": mean_of(lambda _: None),
    "ours": ours,
    "the true chances": lambda _: lambda asked: asked.chance,
}


def forecast(seed: int, apart: float) -> dict[str, list[Said]]:
    """Of each forecast: what it said of each later answer, and whether that was accepted."""
    answers = list(history(Random(seed), apart))
    past = [one for one in answers if one.at < SPLIT]
    later = [one for one in answers if one.at >= SPLIT]
    told = {name: learn(past) for name, learn in FORECASTS.items()}
    return {name: [(says(one), one.accepted) for one in later] for name, says in told.items()}


def _candidate(of: Sequence[Answer], asked: Answer | None = None) -> Candidate:
    one, counted = asked or of[0], Answers(len(of), sum(each.accepted for each in of))
    return a_candidate(
        offer_id=one.offer_id,
        organisation_id=one.organisation_id,
        member_id=one.organisation_id,
        place=Place(one.country),
        **counted._asdict(),
    )


def _grouped(answers: Sequence[Answer], group: Callable[[Answer], Hashable]) -> dict[Hashable, list[Answer]]:
    grouped = defaultdict(list)
    for one in answers:
        grouped[group(one)].append(one)
    return dict(grouped)


def _share(answers: Sequence[Answer]) -> float:
    return sum(one.accepted for one in answers) / len(answers)
