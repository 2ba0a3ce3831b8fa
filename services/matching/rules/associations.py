"""Which associations are asked when there is no match."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.filters import LEVEL_TO_WORK_IN
from services.matching.engine.values import Request


@dataclass(frozen=True, slots=True)
class Association:
    """An association of local governments. `languages`: those it works in; `region`: its part of the world."""

    organisation_id: UUID
    country: str
    region: str | None
    languages: frozenset[str]


def call_languages(request: Request) -> tuple[str, ...]:
    """The languages in which the applicant can work."""
    return tuple(sorted(name for name, level in request.languages.items() if level.at_least(LEVEL_TO_WORK_IN)))


def to_be_called(request: Request, associations: Iterable[Association]) -> tuple[UUID, ...]:
    """Associations whose members could answer: not excluded, and abroad unless the own country is welcome.

    Those with a shared working language (all, where there is interpretation); if none, those of the applicant's region.
    """
    languages = set(call_languages(request))
    eligible = [one for one in associations if _eligible(request, one)]
    able = [one for one in eligible if request.interpretation or languages & one.languages]
    near = [one for one in eligible if one.region is not None and one.region == request.place.region]
    return tuple(sorted(one.organisation_id for one in able or near))


def _eligible(request: Request, association: Association) -> bool:
    if association.organisation_id in request.excluded | {request.organisation_id}:
        return False
    return request.same_country or association.country != request.place.country
