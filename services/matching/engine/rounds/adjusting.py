"""What is left to decide once pins and bans are settled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from services.matching.engine.rounds.lots import LOTS, lots
from services.matching.engine.rounds.reading import Mask, Numbers, Problem, refuse
from services.matching.engine.rounds.values import HIGHEST, Adjustments, Options, Pair
from shared.primitives.errors import FieldProblem, Invalid

LIMIT = 2**62  # the solver multiplies costs by the number of nodes


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """A problem with its pins taken and its bans left out.

    `pinned`, `banned` and `allowed` are of each pairing; allowed are those that its application may still get, where
    the offer has a place. `wanted`: how many more proposals each application may get; `capacity` of each offer: places
    left after the pins; `load` of each expert, with the pins. `weight` of each pairing: its score in `unit`s, and its
    lot.
    """

    problem: Problem
    proposals: int
    pinned: Mask
    banned: Mask
    allowed: Mask
    wanted: Numbers
    capacity: Numbers
    load: Numbers
    weight: Numbers
    unit: int


def task_of(problem: Problem, options: Options, adjustments: Adjustments) -> Task:
    """Settle pins and bans.

    Raises Invalid: ids that are unknown; a pin that is no candidate, is banned too, goes beyond an offer's capacity or
    an application's proposals, or gives an application two offers of one expert; a round that is too large to count.
    """
    rows = _rows(problem, adjustments.pins | adjustments.bans)
    _require_possible(problem, options, adjustments, rows)
    pinned, banned = _mask(problem, adjustments.pins, rows), _mask(problem, adjustments.bans, rows)
    wanted = options.proposals - np.bincount(problem.application[pinned], minlength=len(problem.applications))
    capacity = problem.capacity - np.bincount(problem.offer[pinned], minlength=len(problem.offers))
    load = problem.load + np.bincount(problem.expert_of_pairing[pinned], minlength=len(problem.experts))
    allowed = ~pinned & ~banned & (wanted[problem.application] > 0)
    if adjustments.pins:
        keys = expert_keys(problem)
        allowed &= ~np.isin(keys, keys[pinned])
    unit = _unit(problem, options)
    return Task(
        problem=problem,
        proposals=options.proposals,
        pinned=pinned,
        banned=banned,
        allowed=allowed,
        wanted=wanted,
        capacity=capacity,
        load=load,
        weight=problem.score * unit + lots(problem, options.seed),
        unit=unit,
    )


def expert_keys(problem: Problem) -> Numbers:
    """A number of each pairing that is the same for the same application and expert."""
    return problem.application * len(problem.experts) + problem.expert_of_pairing


def _unit(problem: Problem, options: Options) -> int:
    """What a hundredth of a point weighs: more than all lots of a result together."""
    most = min(len(problem.applications) * options.proposals, len(problem.score))
    unit = int(most * LOTS + 1)
    nodes = len(problem.applications) + len(problem.offers) + len(problem.experts) + len(problem.score)
    if (HIGHEST + 1) * unit * nodes > LIMIT:
        raise Invalid("round-too-large", f"{most} proposals can't be weighed exactly at once: split the round.")
    return unit


def _mask(problem: Problem, pairs: Set[Pair], rows: Mapping[Pair, int]) -> Mask:
    mask = np.zeros(len(problem.score), np.bool_)
    mask[[rows[pair] for pair in pairs if pair in rows]] = True
    return mask


def _rows(problem: Problem, pairs: Set[Pair]) -> dict[Pair, int]:
    """Where these pairs are among the pairings; those that are none are left out."""
    applications = {one.application_id: number for number, one in enumerate(problem.applications)}
    offers = {one.offer_id: number for number, one in enumerate(problem.offers)}
    keys = problem.application * len(offers) + problem.offer
    rows = {}
    for pair in pairs:
        application, offer = applications.get(pair[0]), offers.get(pair[1])
        if application is not None and offer is not None:
            row = int(np.searchsorted(keys, application * len(offers) + offer))
            if row < len(keys) and (problem.application[row], problem.offer[row]) == (application, offer):
                rows[pair] = row
    return rows


def _require_possible(problem: Problem, options: Options, adjustments: Adjustments, rows: Mapping[Pair, int]) -> None:
    for what, pairs in (("pins", adjustments.pins), ("bans", adjustments.bans)):
        refuse("round-unknown", f"Some {what} name what is not in the round.", _unknown(problem, what, pairs))
    refuse("round-pins", "Some pins are impossible.", _impossible(problem, options, adjustments, rows))


def _unknown(problem: Problem, what: str, pairs: Set[Pair]) -> Iterator[FieldProblem]:
    if not pairs:
        return
    offers = {one.offer_id for one in problem.round.offers}
    applications = {one.application_id for one in problem.applications}
    for number, (application, offer) in enumerate(sorted(pairs)):
        if application not in applications:
            yield FieldProblem(f"/{what}/{number}", "unknown", f"Application {application} is not in the round.")
        if offer not in offers:
            yield FieldProblem(f"/{what}/{number}", "unknown", f"Offer {offer} is not in the round.")


def _impossible(
    problem: Problem, options: Options, adjustments: Adjustments, rows: Mapping[Pair, int]
) -> Iterator[FieldProblem]:
    """In the order of the pins' ids: the first pins of an offer or application fit, the next one is too many."""
    asked: Counter[UUID] = Counter()
    given: Counter[UUID] = Counter()
    met: set[tuple[UUID, int]] = set()
    for number, pin in enumerate(sorted(adjustments.pins)):
        application, offer = pin
        pointer = f"/pins/{number}"
        row = rows.get(pin)
        if row is None:
            detail = f"Offer {offer} does not pass the hard filters of application {application}."
            yield FieldProblem(pointer, "not-a-candidate", detail)
            continue
        if pin in adjustments.bans:
            yield FieldProblem(pointer, "banned-too", f"{application} with {offer} is pinned and banned; undo one.")
        asked[application] += 1
        given[offer] += 1
        capacity = int(problem.capacity[problem.offer[row]])
        if given[offer] > capacity:
            yield FieldProblem(pointer, "beyond-capacity", f"Offer {offer} has {capacity} places left, not more.")
        if asked[application] > options.proposals:
            detail = f"Application {application} gets {options.proposals} at most in this round."
            yield FieldProblem(pointer, "beyond-proposals", detail)
        expert = int(problem.expert_of_pairing[row])
        if (application, expert) in met:
            yield FieldProblem(pointer, "same-expert", f"Another pin gives {application} the expert of {offer}.")
        met.add((application, expert))
