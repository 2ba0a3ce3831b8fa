"""Searches and offers as a round takes them."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from services.matching.engine.rounds.values import MANY, OpenApplication, OpenOffer
from services.matching.engine.values import Candidate
from services.matching.rules.reading import request_of
from services.matching.rules.searches import Search


def open_applications(searches: Iterable[Search], matched_before: Collection[UUID]) -> tuple[OpenApplication, ...]:
    """The applications that compete; `matched_before`: organisations that have found a peer before."""
    return tuple(
        OpenApplication(
            application_id=one.application_id,
            country=one.application.organisation.country,
            south=request_of(one.application).place.is_south,
            first_timer=one.application.organisation.organisation_id not in matched_before,
        )
        for one in searches
    )


def open_offers(candidates: Iterable[Candidate], loads: Mapping[UUID, int]) -> tuple[OpenOffer, ...]:
    """The offers that are competed for; `loads`: exchanges that each expert has taken on.

    Offers of one expert say the same of their expert: what the one with the lowest id says.
    """
    ordered = sorted(candidates, key=lambda one: one.offer_id)
    south = {one.member_id: one.place.is_south for one in reversed(ordered)}
    rated = {one.member_id for one in ordered if one.ratings}
    return tuple(
        OpenOffer(
            offer_id=one.offer_id,
            member_id=one.member_id,
            capacity=max(0, one.capacity - one.reserved),
            load=min(loads.get(one.member_id, 0), MANY),
            south=south[one.member_id],
            first_timer=not loads.get(one.member_id, 0) and one.member_id not in rated,
        )
        for one in ordered
    )
