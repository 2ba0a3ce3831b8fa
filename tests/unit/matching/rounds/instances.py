"""Small random rounds, and an oracle that tries everything."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from services.matching.engine.rounds.results import Assignment, Result
from services.matching.engine.rounds.values import Adjustments, OpenOffer, Options, Pair, Pairing, Round
from tests.builders.rounds import a_round, an_open_application, an_open_offer

# Few different scores, so that results are often equally good; 0 and the highest among them.
SCORES = st.one_of(st.sampled_from([0, 1, 500, 501, 5_000, 7_500, 10_000]), st.integers(0, 10_000))
FAIRNESS = st.sampled_from([0.0, 0.0001, 0.05, 0.05, 0.2, 0.5, 1.0])


@st.composite
def rounds(draw: st.DrawFn, *, most: int = 4) -> Round:
    """Up to so many applications and offers; some experts stand behind several offers, some offers are full."""
    asking, given = draw(st.integers(1, most)), draw(st.integers(1, most))
    every = [(one, other) for one in range(asking) for other in range(given)]
    pairs = draw(st.lists(st.sampled_from(every), min_size=1, unique=True))
    experts = [draw(st.integers(0, given - 1)) for _ in range(given)]
    loads = [draw(st.integers(0, 3)) for _ in range(given)]
    offers = [
        an_open_offer(one, expert=experts[one], capacity=draw(st.integers(0, 3)), load=loads[experts[one]])
        for one in range(given)
    ]
    scores = {pair: draw(SCORES) for pair in pairs}
    return a_round(scores, applications=map(an_open_application, range(asking)), offers=offers)


def options() -> st.SearchStrategy[Options]:
    """Any options; the report's lists are long enough for everything."""
    return st.builds(
        Options,
        fairness=FAIRNESS,
        proposals=st.sampled_from([1, 1, 1, 2, 3]),
        seed=st.integers(0, 5),
        listed=st.just(100),
    )


def worth(given: Round, chosen: Sequence[Pair], options: Options) -> int:
    """The sum that a round maximises, one proposal after the other, in hundredths of a point."""
    offers = {one.offer_id: one for one in given.offers}
    scores = {(one.application_id, one.offer_id): one.score for one in given.pairings}
    loads = {one.member_id: one.load for one in given.offers}
    total = 0
    for application, offer in chosen:
        loads[offers[offer].member_id] += 1
        total += scores[application, offer] - options.step * loads[offers[offer].member_id]
    return total


def highest_worth(given: Round, options: Options, adjustments: Adjustments | None = None) -> int:
    """The highest sum of all ways to assign, each of them tried. For small rounds."""
    adjustments = adjustments or Adjustments()
    return max(
        worth(given, chosen, options)
        for chosen in _every_way(given, options, [one.application_id for one in given.applications], [])
        if adjustments.pins <= set(chosen) and adjustments.bans.isdisjoint(chosen)
    )


def pairs_of(result: Result) -> list[Pair]:
    """The pairs of a result, in its order."""
    return [(one.application_id, one.offer_id) for one in result.assignments]


def breaches(given: Round, assignments: Sequence[Assignment], options: Options) -> list[str]:
    """What of the rules these assignments break: none, if all is well."""
    offers = {one.offer_id: one for one in given.offers}
    scores = {(one.application_id, one.offer_id): one.score for one in given.pairings}
    found = []
    for one in assignments:
        if scores.get((one.application_id, one.offer_id)) != one.score:
            found.append(f"no pairing: {one}")
        if offers[one.offer_id].member_id != one.member_id:
            found.append(f"another expert: {one}")
    found += [f"too many of {one}" for one in offers.values() if _times(assignments, one) > one.capacity]
    for application in given.applications:
        experts = [one.member_id for one in assignments if one.application_id == application.application_id]
        if len(experts) > options.proposals or len(set(experts)) < len(experts):
            found.append(f"too many for {application}")
    return found


def _times(assignments: Sequence[Assignment], offer: OpenOffer) -> int:
    return sum(one.offer_id == offer.offer_id for one in assignments)


def _every_way(given: Round, options: Options, left: Sequence[Any], chosen: list[Pair]) -> Iterator[list[Pair]]:
    if not left:
        yield chosen
        return
    offers = {one.offer_id: one for one in given.offers}
    taken = [offer for _, offer in chosen]
    mine = [
        one
        for one in given.pairings
        if one.application_id == left[0] and taken.count(one.offer_id) < offers[one.offer_id].capacity
    ]
    for number in range(min(options.proposals, len(mine)) + 1):
        for some in combinations(mine, number):
            if _different_experts(some, offers):
                more = [(one.application_id, one.offer_id) for one in some]
                yield from _every_way(given, options, left[1:], [*chosen, *more])


def _different_experts(pairings: Sequence[Pairing], offers: dict[Any, OpenOffer]) -> bool:
    return len({offers[one.offer_id].member_id for one in pairings}) == len(pairings)
