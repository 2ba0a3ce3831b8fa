"""What makes two places comparable, in sentences: where they are, how many people live there, their countries' income.

Places have no names here: one is the applicant's, the other the peer's.
"""

from collections.abc import Mapping
from typing import Protocol, TypeGuard

from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.income import IncomeGroup
from shared.vocabulary.population import UPPER_BOUNDS, PopulationBand, Urbanisation, population_band, urbanisation
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _


class Located(Protocol):
    """A place: its country's alpha-2 code, and its inhabitants, None where their number is not known."""

    @property
    def country(self) -> str: ...
    @property
    def population(self) -> int | None: ...


_INCOMES: Mapping[IncomeGroup, str] = {
    IncomeGroup.LOW: _("a low-income country"),
    IncomeGroup.LOWER_MIDDLE: _("a lower-middle-income country"),
    IncomeGroup.UPPER_MIDDLE: _("an upper-middle-income country"),
    IncomeGroup.HIGH: _("a high-income country"),
}

_SETTLEMENTS: Mapping[Urbanisation, str] = {
    Urbanisation.CITY: _("a city"),
    Urbanisation.TOWN: _("a town"),
    Urbanisation.RURAL: _("a rural area"),
}


def comparison(speech: Speech, applicant: Located, peer: Located) -> tuple[str, ...]:
    """Everything that is known of two places, one sentence each."""
    said = (
        whereabouts(speech, applicant.country, peer.country),
        populations(speech, applicant.population, peer.population),
        settlements(speech, applicant.population, peer.population),
        incomes(speech, applicant.country, peer.country),
    )
    return tuple(one for one in said if one is not None)


def populations(speech: Speech, applicant: int | None, peer: int | None) -> str:
    """How many people live in each of two places, and in which band that is."""
    if not _is_known(applicant) or not _is_known(peer):
        return _population_of_one(speech, applicant, peer)
    one, other = population_band(applicant), population_band(peer)
    facts = {"one": speech.number(applicant), "other": speech.number(peer)}
    if one is other:
        both = _both_in(speech, one)
        return speech.say("%(both)s: the applicant %(one)s, the peer %(other)s.", both=both, **facts)
    return speech.say(
        "The applicant has %(one)s inhabitants (%(its_band)s), the peer %(other)s (%(other_band)s).",
        its_band=one.labels.in_language(speech.language),
        other_band=other.labels.in_language(speech.language),
        **facts,
    )


def _both_in(speech: Speech, band: PopulationBand) -> str:
    bounds = [speech.number(bound) for bound in UPPER_BOUNDS]
    if band is PopulationBand.UNDER_5K:
        return speech.say("Both have fewer than %(bound)s inhabitants", bound=bounds[0])
    if band is PopulationBand.OVER_500K:
        return speech.say("Both have %(bound)s inhabitants or more", bound=bounds[-1])
    low, high = bounds[band.rank - 1 : band.rank + 1]
    return speech.say("Both have between %(low)s and %(high)s inhabitants", low=low, high=high)


def _population_of_one(speech: Speech, applicant: int | None, peer: int | None) -> str:
    if _is_known(applicant):
        return speech.say(
            "The applicant has %(inhabitants)s inhabitants; how many the peer has is not known.",
            inhabitants=speech.number(applicant),
        )
    if _is_known(peer):
        return speech.say(
            "The peer has %(inhabitants)s inhabitants; how many the applicant has is not known.",
            inhabitants=speech.number(peer),
        )
    return speech.say("How many inhabitants the two places have is not known.")


def _is_known(inhabitants: int | None) -> TypeGuard[int]:
    return inhabitants is not None and inhabitants >= 0


def settlements(speech: Speech, applicant: int | None, peer: int | None) -> str | None:
    """Whether two places are urban or rural, as their inhabitants make likely; None where their number is unknown."""
    if not _is_known(applicant) or not _is_known(peer):
        return None
    one, other = urbanisation(applicant), urbanisation(peer)
    if one is other:
        return speech.say(
            "To judge by its inhabitants, the applicant's place is %(kind)s, and so is the peer's.",
            kind=speech.say(_SETTLEMENTS[one]),
        )
    return speech.say(
        "To judge by their inhabitants, the applicant's place is %(one)s, the peer's %(other)s.",
        one=speech.say(_SETTLEMENTS[one]),
        other=speech.say(_SETTLEMENTS[other]),
    )


def incomes(speech: Speech, applicant: str, peer: str) -> str:
    """The income groups of the countries of two places."""
    one, other = _income(applicant), _income(peer)
    if one is None or other is None:
        unknown = [code for code, group in ((applicant, one), (peer, other)) if group is None]
        return speech.say("Income group not known: %(countries)s.", countries=_countries(speech, *unknown))
    country, income = speech.country(applicant), speech.say(_INCOMES[one])
    if applicant == peer:
        return speech.say("Their country (%(country)s) is %(income)s.", country=country, income=income)
    if one is other:
        return speech.say(
            "The applicant's country (%(country)s) is %(income)s, and so is the peer's (%(other)s).",
            country=country,
            income=income,
            other=speech.country(peer),
        )
    return speech.say(
        "The applicant's country (%(country)s) is %(income)s, the peer's (%(other)s) %(other_income)s.",
        country=country,
        income=income,
        other=speech.country(peer),
        other_income=speech.say(_INCOMES[other]),
    )


def _income(country: str) -> IncomeGroup | None:
    known = COUNTRIES.get(country)
    return known.income if known else None


def whereabouts(speech: Speech, applicant: str, peer: str) -> str:
    """Whether two countries are the same one, or in the same region or part of the world."""
    if applicant == peer:
        return speech.say("Both places are in the same country (%(country)s).", country=speech.country(applicant))
    one, other = _regions(applicant), _regions(peer)
    if not one or not other:
        unknown = [code for code, regions in ((applicant, one), (peer, other)) if not regions]
        return speech.say("Part of the world not known: %(countries)s.", countries=_countries(speech, *unknown))
    shared = next((region for region in one if region in other), None)
    if shared is not None:
        return speech.say(
            "Both countries are in the same part of the world (%(region)s): %(countries)s.",
            region=speech.country(shared),
            countries=_countries(speech, applicant, peer),
        )
    return speech.say(
        "The countries are in two parts of the world: %(one)s (%(its_region)s), %(other)s (%(other_region)s).",
        one=speech.country(applicant),
        its_region=speech.country(one[-1]),
        other=speech.country(peer),
        other_region=speech.country(other[-1]),
    )


def _regions(country: str) -> tuple[str, ...]:
    """The M49 regions that a country is in, the smallest first; none where nothing is known."""
    known = COUNTRIES.get(country)
    return tuple(filter(None, (known.intermediate, known.subregion, known.region))) if known else ()


def _countries(speech: Speech, *codes: str) -> str:
    return speech.listing([speech.country(code) for code in dict.fromkeys(codes)])
