"""Whatever the market and the request are, three searches that share no code of searching find the same offers.

The definition (`engine.search`) goes through the offers one by one; full masks of numpy score everybody and sort; the
index looks at bits and numbers. What is drawn is small and close together, so that equal scores, days that are just
long enough and lists without anybody come up often; how often is asserted.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.index import OfferIndex
from services.matching.engine.relaxing import Relaxation, relaxed
from services.matching.engine.search import search
from services.matching.engine.values import Candidate, Days, Favour, Place, Request, Scale, Weights
from shared.primitives.terms import Level, Mode, Position
from tests.builders.matching import EARLIEST, a_candidate, a_request
from tests.oracles.full_masks import FullMasks

MARKETS, REQUESTS = 300, 4
NOBODY = UUID(int=0)
ORGANISATIONS = [UUID(int=number) for number in range(1, 6)]
APPLICATIONS = [UUID(int=number) for number in (1, 2)]
# Ids that differ in their upper half, in their lower half, and in the highest bit of either.
OFFERS = [UUID(int=high << 64 | low) for high, low in product((1, 2, 1 << 63), (7, 9, 256, 1 << 63))]
PLACES = [
    Place("NL", 90_000, 3, "150", "155"),
    Place("NL"),
    Place("GH", 80_000, 1, "002", "011"),
    Place("GH", 4_000_000, 1, "002"),
    Place("KE", 5_000, 0, "002", "014"),
    Place("KH", None, 1, "142", "035"),
]


def optional(**facts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Some of these facts; a builder's own, which suit each other, for the rest."""
    return st.fixed_dictionaries({}, optional=facts)


def some(things: Sequence[Any], at_most: int = 3, at_least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(things), unique=True, min_size=at_least, max_size=at_most)


def stretches(longest: int) -> st.SearchStrategy[Days]:
    """Days around those that `a_request` asks for, and some around the turn of the year."""
    around = st.sampled_from((EARLIEST, EARLIEST, EARLIEST, date(EARLIEST.year, 12, 24)))
    first = st.builds(lambda day, days: day + timedelta(days=days), around, st.integers(-15, 30))
    return st.builds(Days.starting, first, st.integers(1, longest))


NEVER_ENDING, YEARS = Days(EARLIEST, date(9999, 12, 31)), Days(EARLIEST, date(2036, 1, 1))
KNOWLEDGE = {
    "themes": some(("sanitation", "water", "waste")).map(frozenset),
    "sdgs": some((6, 11, 12)).map(frozenset),
    # Two sectors, and two codes of one of them.
    "dac": some(("14032", "14050", "15110")).map(frozenset),
}
USUAL = {"en": Level.C1}
SPOKEN = st.just(USUAL) | st.dictionaries(st.sampled_from(("en", "fr", "nl")), st.sampled_from(Level), max_size=3)
SHAPES = optional(
    place=st.sampled_from(PLACES),
    modes=st.just(tuple(Mode)) | some(tuple(Mode), 4).map(tuple),
    position=st.sampled_from(Position),
    years_in_role=st.integers(0, 12),
    languages=SPOKEN,
    windows=st.just((NEVER_ENDING,)) | st.lists(stretches(25), max_size=3).map(tuple),
    booked=st.lists(stretches(12), max_size=3).map(tuple),
    days_a_year=st.sampled_from((None, 0, 1, 2, 4, 5, 12, 20)),
    record=st.tuples(st.integers(1, 5), st.floats(1, 5)),
    answered=st.tuples(st.integers(0, 6), st.integers(0, 6)),
    **KNOWLEDGE,
).map(lambda facts: shaped(**facts))
REQUESTED = optional(
    application_id=st.sampled_from(APPLICATIONS),
    organisation_id=st.sampled_from(ORGANISATIONS),
    place=st.sampled_from(PLACES),
    mode=st.none() | st.sampled_from(Mode),
    window=st.just(YEARS) | stretches(40),
    participants=st.sampled_from((1, 3, 40)),
    position=st.sampled_from(Position),
    languages=SPOKEN,
    interpretation=st.booleans(),
    same_country=st.booleans(),
    preferred=some(ORGANISATIONS).map(frozenset),
    excluded=some(ORGANISATIONS).map(frozenset),
    refused=some(OFFERS, 6).map(frozenset),
    **KNOWLEDGE,
).map(lambda facts: a_request(**({"application_id": APPLICATIONS[0], "organisation_id": NOBODY} | facts)))
RELAXED = st.builds(relaxed, REQUESTED, some(tuple(Relaxation), 6))
SUMS = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(lambda sums: (sums[1], sums[0]))
SHARES = st.sampled_from((0.0, 0.5, 1.0)) | st.floats(0, 1)
WEIGHTS = st.lists(st.integers(0, 1000), min_size=4, max_size=4).map(
    lambda cuts: Weights(**dict(zip(Weights.model_fields, (b / 10 - a / 10 for a, b in parts(cuts)), strict=True)))
)
SCALES = st.builds(
    Scale,
    weights=st.just(Weights()) | WEIGHTS,
    mean_rating=st.floats(1, 5),
    expected=SHARES,
    expected_in=st.dictionaries(st.sampled_from(("NL", "GH", "KE", "AR")), SHARES, max_size=3),
    of_organisations=st.dictionaries(st.sampled_from((*ORGANISATIONS, NOBODY)), SUMS, max_size=4),
    favour=st.just(Favour()) | st.builds(Favour, first_timers=st.floats(0, 20), south_south=st.floats(0, 20)),
)


def parts(cuts: Sequence[int]) -> list[tuple[int, int]]:
    return list(pairwise((0, *sorted(cuts), 1000)))


def shaped(record: tuple[int, float] = (0, 0.0), answered: tuple[int, int] = (0, 0), **facts: Any) -> Candidate:
    (ratings, rating), (agreed, declined) = record, answered
    return a_candidate(ratings=ratings, rating=rating, answered=agreed + declined, accepted=agreed, **facts)


# What decides between equals differs more often than what rules an offer out.
VARIATIONS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "organisation_id": st.sampled_from(ORGANISATIONS),
        "capacity": st.sampled_from((2, 2, 2, 3, 0)),
        "reserved": st.sampled_from((0, 1, 1, 0, 2)),
        "answers": st.sampled_from((None, None, None, None, *APPLICATIONS)),
        "active": st.sampled_from((True, True, True, True, False)),
    }
)


@st.composite
def markets(draw: st.DrawFn) -> tuple[list[Candidate], list[Candidate]]:
    """Offers, and what was there before them: twins of a few shapes."""
    shapes = st.sampled_from(draw(st.lists(SHAPES, min_size=1, max_size=4)))
    there, before = (draw(some(OFFERS, len(OFFERS), at_least)) for at_least in (draw(st.sampled_from((0, 6))), 0))
    offers = [replace(draw(shapes), offer_id=one, **draw(VARIATIONS)) for one in (*there, *before)]
    return offers[: len(there)], offers[len(there) :]


@dataclass(frozen=True)
class Asked:
    """A request, how it is scored, and how long a list is wanted."""

    request: Request
    scale: Scale
    top: int


ASKED = st.builds(Asked, RELAXED, SCALES, st.integers(1, len(OFFERS) + 1))


def index_of(there: Sequence[Candidate], before: Sequence[Candidate]) -> OfferIndex:
    """The index of these offers, after others with the same ids came, changed and went."""
    index = OfferIndex()
    for one in before:
        index.put(one)
    for offer_id in {one.offer_id for one in before} - {one.offer_id for one in there}:
        index.remove(offer_id)
    for one in there:
        index.put(one)
    return index


def test_the_definition_full_masks_and_the_index_find_the_same_with_the_same_scores() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=MARKETS)
    @given(markets(), st.lists(ASKED, min_size=REQUESTS, max_size=REQUESTS))
    def all_three_agree(market: tuple[list[Candidate], list[Candidate]], asked: list[Asked]) -> None:
        there, before = market
        index, masks = index_of(there, before), FullMasks(there)
        for one in asked:
            found = search(one.request, there, one.scale, top=one.top)
            defined = [(each.candidate.offer_id, each.placed) for each in found.ranked]
            assert masks.best(one.request, one.scale, one.top) == defined
            hits = index.search(one.request, one.scale, top=one.top)
            assert [tuple(hit) for hit in hits.best] == defined
            assert index.best(one.request, one.scale, top=one.top) == hits.best
            assert index.removed_by_each(one.request) == {each.filter: each.offers for each in found.filtered}
            scores = [score for _, score in defined]
            met.update(requests=1, ties=len(set(scores)) < len(scores), nobody=not defined, several=len(defined) > 1)

    all_three_agree()
    assert met["requests"] >= 1000
    # Of what is drawn at random, many are of each of these kinds; what varies is how many.
    assert min(met["ties"], met["nobody"], met["several"]) >= 25, met
