"""Which associations are asked when there is no match."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.filters import LEVEL_TO_WORK_IN
from services.matching.engine.values import Request

ENOUGH_TO_ASK = 3  # with fewer that know the theme, a call would hang on one or two answers


@dataclass(frozen=True, slots=True)
class Association:
    """An association of local governments.

    `languages`: those it works in; `region`: its part of the world; `offers`: how many of its members', and its own,
    were on a theme of the call.
    """

    organisation_id: UUID
    country: str
    region: str | None
    languages: frozenset[str]
    offers: int = 0


def call_languages(request: Request) -> tuple[str, ...]:
    """The languages in which the applicant can work."""
    return tuple(sorted(name for name, level in request.languages.items() if level.at_least(LEVEL_TO_WORK_IN)))


def to_be_called(request: Request, associations: Iterable[Association]) -> tuple[UUID, ...]:
    """Associations whose members could answer: not excluded, and abroad unless the own country is welcome.

    Those with a shared working language (all, where there is interpretation); if none, those of the applicant's region.
    Of these, those whose members have offered to share what they know of the theme, the most offers first; while they
    are few, the others are asked too, after them.
    """
    languages = set(call_languages(request))
    eligible = [one for one in associations if _eligible(request, one)]
    able = [one for one in eligible if request.interpretation or languages & one.languages]
    near = [one for one in eligible if one.region is not None and one.region == request.place.region]
    asked = sorted(able or near, key=lambda one: (-one.offers, one.organisation_id))
    knowing = [one for one in asked if one.offers]
    return tuple(one.organisation_id for one in (knowing if len(knowing) >= ENOUGH_TO_ASK else asked))


def _eligible(request: Request, association: Association) -> bool:
    if association.organisation_id in request.excluded | {request.organisation_id}:
        return False
    return request.same_country or association.country != request.place.country
