"""A round as arrays in a canonical order, or a clear error."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from operator import attrgetter
from typing import TypeVar
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from services.matching.engine.rounds.values import HIGHEST, MANY, OpenApplication, OpenOffer, Pairing, Round
from shared.primitives.errors import FieldProblem, Invalid

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]
T = TypeVar("T")
# Ids are compared as whole numbers: Python hashes half a million of these in a tenth of the time that UUIDs take.
WORD = attrgetter("int")

TOLD = 20  # problems that one error lists; a round can have half a million of them


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The round by numbers: applications, offers with a pairing, and their experts are numbered in the order of ids.

    `experts` holds an offer of each. `expert` and `capacity` are of each offer, `load` of each expert; `application`,
    `offer` and `score` of each pairing, which are sorted by application and then by offer. The same round in another
    order gives the same arrays.
    """

    round: Round
    applications: tuple[OpenApplication, ...]
    offers: tuple[OpenOffer, ...]
    experts: tuple[OpenOffer, ...]
    expert: Numbers
    capacity: Numbers
    load: Numbers
    application: Numbers
    offer: Numbers
    score: Numbers

    @property
    def expert_of_pairing(self) -> Numbers:
        """The expert of each pairing."""
        return self.expert[self.offer]


def problem_of(given: Round) -> Problem:
    """Check the round and number it.

    Raises Invalid: nothing to assign, ids that are double or unknown, scores, capacities or loads that are none, offers
    of one expert that disagree about them. All problems of a kind are told at once, the first 20 of them.
    """
    _require_sound(given)
    asking, offering, scores = zip(*given.pairings, strict=True)
    applications = tuple(sorted(given.applications, key=lambda one: one.application_id.int))
    application = _numbered(asking, [one.application_id for one in applications], "application")
    paired = set(map(WORD, offering))
    offers = tuple(
        sorted((one for one in given.offers if one.offer_id.int in paired), key=lambda one: one.offer_id.int)
    )
    offer = _numbered(offering, [one.offer_id for one in offers], "offer")
    order = np.lexsort((offer, application))
    _require_pairs_once(given.pairings, application[order], offer[order])
    members = {one.member_id.int: one for one in offers}
    experts = tuple(members[one] for one in sorted(members))
    numbers = {member: number for number, member in enumerate(sorted(members))}
    return Problem(
        round=given,
        applications=applications,
        offers=offers,
        experts=experts,
        expert=np.array([numbers[one.member_id.int] for one in offers], np.int64),
        capacity=np.array([one.capacity for one in offers], np.int64),
        load=np.array([one.load for one in experts], np.int64),
        application=application[order],
        offer=offer[order],
        score=_scores(scores)[order],
    )


def refuse(code: str, detail: str, problems: Iterable[FieldProblem]) -> None:
    """Raise Invalid if there is any problem; the first 20 are listed."""
    listed = tuple(islice(problems, TOLD))
    if listed:
        raise Invalid(code, f"{detail} The first: {listed[0].pointer}: {listed[0].detail}", fields=listed)


def _require_sound(given: Round) -> None:
    if not given.applications:
        raise Invalid("round-without-applications", "No application is open, so there is nothing to assign.")
    if not given.pairings:
        raise Invalid("round-without-candidates", "No offer passes the hard filters of any application of this round.")
    _require_each_once("applications", [one.application_id for one in given.applications])
    _require_each_once("offers", [one.offer_id for one in given.offers])
    refuse("round-offers", "Some offers can't be used.", _unsound(given.offers))


def _require_each_once(what: str, ids: Sequence[UUID]) -> None:
    if len(set(map(WORD, ids))) < len(ids):
        refuse("round-double", f"Some {what} are in the round twice.", _repeated(what, ids, str))


def _repeated(what: str, ids: Iterable[T], name: Callable[[T], str]) -> Iterator[FieldProblem]:
    seen: set[Hashable] = set()
    for number, one in enumerate(ids):
        if one in seen:
            yield FieldProblem(f"/{what}/{number}", "double", f"{name(one)} was there before; leave one of them out.")
        seen.add(one)


def _unsound(offers: Sequence[OpenOffer]) -> Iterator[FieldProblem]:
    first: dict[int, OpenOffer] = {}
    for number, one in enumerate(offers):
        for name, value in (("capacity", one.capacity), ("load", one.load)):
            if not _is_whole(value, MANY):
                yield FieldProblem(f"/offers/{number}/{name}", "not-a-count", f"{value} is no whole number from 0 on.")
        other = first.setdefault(one.member_id.int, one)
        if other is not one and _of_expert(one) != _of_expert(other):
            detail = f"It says other things of expert {one.member_id} than offer {other.offer_id} does."
            yield FieldProblem(f"/offers/{number}", "expert-differs", detail)


def _of_expert(offer: OpenOffer) -> tuple[int, bool, bool]:
    return offer.load, offer.south, offer.first_timer


def _is_whole(value: object, highest: int) -> bool:
    return type(value) is int and 0 <= value <= highest


def _scores(scores: Sequence[int]) -> Numbers:
    if not all(_is_whole(one, HIGHEST) for one in scores):
        problems = (
            FieldProblem(f"/pairings/{number}/score", "not-a-score", f"{one} is no whole number from 0 to {HIGHEST}.")
            for number, one in enumerate(scores)
            if not _is_whole(one, HIGHEST)
        )
        refuse("round-scores", "Some scores can't be used.", problems)
    return np.array(scores, np.int64)


def _numbered(ids: Sequence[UUID], known: Sequence[UUID], what: str) -> Numbers:
    at = {one.int: number for number, one in enumerate(known)}
    found = np.fromiter(map(at.get, map(WORD, ids), repeat(-1)), np.int64, len(ids))
    problems = (
        FieldProblem(f"/pairings/{number}/{what}_id", "unknown", f"{ids[number]} is not in the round.")
        for number in np.flatnonzero(found < 0).tolist()
    )
    refuse("round-unknown", f"Some pairings name an {what} that is not in the round.", problems)
    return found


def _require_pairs_once(pairings: Sequence[Pairing], application: Numbers, offer: Numbers) -> None:
    if ((np.diff(application) == 0) & (np.diff(offer) == 0)).any():
        pairs = [(one.application_id, one.offer_id) for one in pairings]
        problems = _repeated("pairings", pairs, lambda pair: f"{pair[0]} with {pair[1]}")
        refuse("round-double", "Some pairings are in the round twice.", problems)
