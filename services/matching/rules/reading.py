"""What the search needs of an application: the event in the engine's words."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from uuid import UUID

from services.matching.engine.relaxing import relaxed
from services.matching.engine.values import Days, Place, Request
from services.matching.rules.calendar import LAST_DAY
from services.matching.rules.searches import Search
from shared.events.base import LanguageSkill, OrganisationFacts
from shared.events.intake import ApplicationValidated
from shared.primitives.errors import Invalid
from shared.primitives.terms import Level, OrganisationKind
from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.languages import language
from shared.vocabulary.lookup import UnknownTerm


def request_of(application: ApplicationValidated, refused: frozenset[UUID] = frozenset()) -> Request:
    """The application as a request; `refused`: offers that came to nothing. Raises Invalid for reversed dates."""
    if application.latest < application.earliest:
        raise Invalid("dates-reversed", f"The latest day {application.latest} is before {application.earliest}.")
    return Request(
        application_id=application.application_id,
        organisation_id=application.organisation.organisation_id,
        place=place_of(application.organisation.country, application.organisation.population),
        themes=frozenset(application.themes),
        sdgs=frozenset(application.sdgs),
        dac=frozenset(application.dac),
        mode=application.mode,
        window=Days(application.earliest, min(application.latest, LAST_DAY)),
        participants=application.participants,
        position=application.position,
        languages=levels(application.languages),
        interpretation=application.interpretation,
        same_country=application.same_country,
        preferred=frozenset(application.preferred),
        excluded=frozenset(application.excluded),
        refused=refused,
    )


def request_for(search: Search, soonest: date, refused: frozenset[UUID] = frozenset()) -> Request:
    """What is sought now: the application without what was relaxed since, and without days before the soonest.

    A search can go on for months; where all of its days have gone by, the window is empty: its last day is before its
    first one. A case that was entered afterwards, from paper, is about days that had gone by when it was validated.
    """
    request = relaxed(request_of(search.application, refused), search.relax)
    if search.application.latest <= search.application.validated_on:
        return request
    return replace(request, window=Days(max(request.window.first, soonest), request.window.last))


def levels(skills: Iterable[LanguageSkill]) -> dict[str, Level]:
    """The best level of each language. Varieties are one language here: whoever speaks pt-BR is understood in pt-PT."""
    best: dict[str, Level] = {}
    for skill in skills:
        spoken = primary_language(skill.language)
        if spoken not in best or skill.level.at_least(best[spoken]):
            best[spoken] = skill.level
    return best


@lru_cache(maxsize=1024)
def primary_language(tag: str) -> str:
    """The language of a BCP 47 tag, without script and country. A tag that the vocabulary lacks stands for itself."""
    try:
        return language(tag).code
    except UnknownTerm:
        return tag.lower()


def association_of(organisation: OrganisationFacts) -> UUID | None:
    """The association that stands behind an organisation; an association stands for itself."""
    if organisation.kind is OrganisationKind.ASSOCIATION:
        return organisation.organisation_id
    return organisation.association_id


def place_of(country: str, population: int | None) -> Place:
    """A place with what the vocabulary knows of its country; nothing where it does not know the code."""
    return replace(_country(country), population=population)


@lru_cache(maxsize=1024)
def _country(code: str) -> Place:
    known = COUNTRIES.get(code)
    if known is None:
        return Place(code)
    income = None if known.income is None else known.income.rank
    return Place(code, None, income, known.region, known.intermediate or known.subregion)
