"""Hard filters: what rules an offer out, whatever its score."""

from collections.abc import Callable, Iterable, Mapping

from services.matching.engine import days
from services.matching.engine.values import Candidate, Request
from shared.primitives.terms import Level

LEVEL_TO_WORK_IN = Level.B2
RANKS = {level: level.rank for level in Level}  # this is asked for every pair
ENOUGH = RANKS[LEVEL_TO_WORK_IN]


def is_active(_: Request, candidate: Candidate) -> bool:
    """The offer was admitted and is not paused."""
    return candidate.active


def is_of_another(request: Request, candidate: Candidate) -> bool:
    """Nobody learns from their own organisation."""
    return candidate.organisation_id != request.organisation_id


def is_not_excluded(request: Request, candidate: Candidate) -> bool:
    """The organisation is not ruled out, for a conflict of interest or by wish."""
    return candidate.organisation_id not in request.excluded


def is_abroad_or_welcome(request: Request, candidate: Candidate) -> bool:
    """Peers of the same country only where they were asked for."""
    return request.same_country or candidate.place.country != request.place.country


def is_for_this_request(request: Request, candidate: Candidate) -> bool:
    """The offer is standing, or it answers this application."""
    return candidate.answers is None or candidate.answers == request.application_id


def was_not_refused(request: Request, candidate: Candidate) -> bool:
    """The same pair did not come to nothing before."""
    return candidate.offer_id not in request.refused


def knows_something_of_it(request: Request, candidate: Candidate) -> bool:
    """A theme or a DAC code is shared, or the sector of one where that is enough.

    Whoever answers this very application is believed to know why.
    """
    if candidate.answers == request.application_id:
        return True
    if not (request.themes.isdisjoint(candidate.themes) and request.dac.isdisjoint(candidate.dac)):
        return True
    return request.related and not sectors(request.dac).isdisjoint(sectors(candidate.dac))


def has_the_mode(request: Request, candidate: Candidate) -> bool:
    """The mode that was asked for is offered; where advice was asked for, any."""
    return bool(candidate.modes) if request.mode is None else request.mode in candidate.modes


def can_be_understood(request: Request, candidate: Candidate) -> bool:
    """Both sides speak a language well enough to work in it, or there is interpretation."""
    return request.interpretation or bool(shared_languages(request, candidate))


def has_days(request: Request, candidate: Candidate) -> bool:
    """A long enough stretch suits both, and the expert is not booked then."""
    return days.plan(request, candidate) is not None


def has_capacity(_: Request, candidate: Candidate) -> bool:
    """Another exchange can be taken on."""
    return candidate.reserved < candidate.capacity


FILTERS: Mapping[str, Callable[[Request, Candidate], bool]] = {
    "inactive": is_active,
    "own-organisation": is_of_another,
    "excluded": is_not_excluded,
    "same-country": is_abroad_or_welcome,
    "answers-another": is_for_this_request,
    "earlier-proposal": was_not_refused,
    "knowledge": knows_something_of_it,
    "mode": has_the_mode,
    "language": can_be_understood,
    "window": has_days,
    "capacity": has_capacity,
}


def obstacles(request: Request, candidate: Candidate) -> tuple[str, ...]:
    """The names of all filters that rule the offer out; none means that it can be proposed."""
    return tuple(name for name, passes in FILTERS.items() if not passes(request, candidate))


def sectors(purposes: Iterable[str]) -> set[str]:
    """The sectors of DAC codes: their first three digits."""
    return {code[:3] for code in purposes}


def shared_languages(request: Request, candidate: Candidate) -> dict[str, Level]:
    """The languages in which both can work, each at the level of whoever speaks it less well."""
    shared = {}
    for language, level in request.languages.items():
        other = candidate.languages.get(language)
        if other is not None and RANKS[level] >= ENOUGH and RANKS[other] >= ENOUGH:
            shared[language] = level if RANKS[level] <= RANKS[other] else other
    return shared
