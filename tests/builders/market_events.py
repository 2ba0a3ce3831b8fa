"""The events that bring a market's offers and requests to matching."""

from collections.abc import Iterable
from typing import Any

from services.matching.engine.values import Candidate, Days, Request
from shared.events.base import LanguageSkill, Window
from shared.events.intake import ApplicationValidated, OfferPublished
from tests.builders.matching import an_application, an_offer, an_organisation


def published(offer: Candidate) -> OfferPublished:
    """The event that brings such an offer."""
    organisation = an_organisation(
        offer.place.country, organisation_id=offer.organisation_id, population=offer.place.population
    )
    return an_offer(
        offer_id=offer.offer_id,
        organisation=organisation,
        member_id=offer.member_id,
        answers=offer.answers,
        modes=offer.modes,
        years_in_role=offer.years_in_role,
        windows=windows(offer.windows),
        capacity=offer.capacity,
        days_a_year=offer.days_a_year or 0,
        **_in_common(offer),
    )


def validated(request: Request) -> ApplicationValidated:
    """The event that brings such an application."""
    organisation = an_organisation(
        request.place.country,
        organisation_id=request.organisation_id,
        population=request.place.population,
        association_id=None,
    )
    return an_application(
        application_id=request.application_id,
        organisation=organisation,
        mode=request.mode,
        earliest=request.window.first,
        latest=request.window.last,
        participants=request.participants,
        interpretation=request.interpretation,
        same_country=request.same_country,
        preferred=tuple(request.preferred),
        excluded=tuple(request.excluded),
        validated_on=request.window.first,
        **_in_common(request),
    )


def windows(stretches: Iterable[Days]) -> tuple[Window, ...]:
    """The same days, as an event can say them."""
    return tuple(Window(first=days.first, last=min(days.last, days.last.replace(year=9000))) for days in stretches)


def _in_common(one: Candidate | Request) -> dict[str, Any]:
    return {
        "themes": tuple(sorted(one.themes)),
        "sdgs": tuple(sorted(one.sdgs)),
        "dac": tuple(sorted(one.dac)),
        "position": one.position,
        "languages": tuple(LanguageSkill(language=name, level=level) for name, level in one.languages.items()),
    }
