"""Rounds with few applications and offers, told in small numbers: ids are made of them."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from services.matching.engine.rounds.values import OpenApplication, OpenOffer, Pairing, Round

Scores = Mapping[tuple[int, int], int]


def application_id(number: int) -> UUID:
    """The id of the application with this number."""
    return UUID(int=number, version=4)


def offer_id(number: int) -> UUID:
    """The id of the offer with this number."""
    return UUID(int=10_000 + number, version=4)


def member_id(number: int) -> UUID:
    """The id of the expert with this number."""
    return UUID(int=20_000 + number, version=4)


def an_open_application(number: int, **changes: Any) -> OpenApplication:
    """An application from Ghana that has had peers before."""
    facts: dict[str, Any] = {
        "application_id": application_id(number),
        "country": "GH",
        "south": True,
        "first_timer": False,
    }
    return OpenApplication(**(facts | changes))


def an_open_offer(number: int, *, expert: int | None = None, **changes: Any) -> OpenOffer:
    """An offer from the North with one place, of an expert of its own unless another is named."""
    facts: dict[str, Any] = {
        "offer_id": offer_id(number),
        "member_id": member_id(number if expert is None else expert),
        "capacity": 1,
        "load": 0,
        "south": False,
        "first_timer": False,
    }
    return OpenOffer(**(facts | changes))


def pairings(scores: Scores) -> list[Pairing]:
    """Pairings from hundredths of points by the numbers of an application and an offer."""
    return [Pairing(application_id(asking), offer_id(given), score) for (asking, given), score in scores.items()]


def a_round(
    scores: Scores,
    *,
    applications: Iterable[OpenApplication] = (),
    offers: Iterable[OpenOffer] = (),
) -> Round:
    """A round of these pairings, with the applications and offers that they name and that are not given otherwise."""
    asking = {one.application_id: one for one in map(an_open_application, sorted({pair[0] for pair in scores}))}
    given = {one.offer_id: one for one in map(an_open_offer, sorted({pair[1] for pair in scores}))}
    asking |= {one.application_id: one for one in applications}
    given |= {one.offer_id: one for one in offers}
    return Round(tuple(asking.values()), tuple(given.values()), tuple(pairings(scores)))


def pair(asking: int, given: int) -> tuple[UUID, UUID]:
    """The ids of an application and an offer."""
    return application_id(asking), offer_id(given)
