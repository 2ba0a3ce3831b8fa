"""The search ranks what passes and counts what does not."""

from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.matching.engine.search import search
from services.matching.engine.values import Candidate, Found, Place, Request, Scale
from shared.primitives.terms import Level
from tests.builders.matching import a_candidate, a_request


def found(request: Request, *candidates: Candidate, top: int = 3) -> Found:
    return search(request, candidates, Scale(), top=top)


def order(request: Request, *candidates: Candidate, top: int = 3) -> list[UUID]:
    return [one.candidate.offer_id for one in found(request, *candidates, top=top).ranked]


def test_the_best_come_first_and_no_more_than_asked_for() -> None:
    candidates = [a_candidate(years_in_role=years) for years in (2, 8, 4, 6)]
    best = sorted(candidates, key=lambda one: -one.years_in_role)[:3]
    assert order(a_request(), *candidates) == [one.offer_id for one in best]


def test_a_peer_that_was_asked_for_comes_before_a_better_score() -> None:
    better, wished = a_candidate(years_in_role=10), a_candidate(years_in_role=0)
    request = a_request(preferred=frozenset({wished.organisation_id}))
    assert order(request, better, wished) == [wished.offer_id, better.offer_id]


def test_a_wish_does_not_open_a_hard_filter() -> None:
    wished = a_candidate(capacity=0)
    assert order(a_request(preferred=frozenset({wished.organisation_id})), wished) == []


def test_equal_scores_go_to_answers_then_to_those_with_less_to_do_then_by_id() -> None:
    request = a_request()
    busy = a_candidate(offer_id=UUID(int=1), capacity=5, reserved=1)
    second = a_candidate(offer_id=UUID(int=3))
    first = a_candidate(offer_id=UUID(int=2))
    answer = a_candidate(offer_id=UUID(int=4), answers=request.application_id, capacity=5, reserved=2)
    expected = [answer, first, second, busy]
    assert order(request, busy, second, first, answer, top=4) == [one.offer_id for one in expected]


def test_each_filter_is_counted_alone() -> None:
    nowhere = a_candidate(active=False, capacity=0)
    silent = a_candidate(languages={"nl": Level.C2})
    result = found(a_request(), nowhere, silent, a_candidate(capacity=0))
    assert result.considered == 3
    assert not result.ranked
    assert {one.filter: one.offers for one in result.filtered} == {"inactive": 1, "language": 1, "capacity": 2}


def test_no_offers_is_an_answer_too() -> None:
    assert found(a_request()) == Found((), 0, ())


candidates = st.builds(
    a_candidate,
    offer_id=st.integers(1, 10**9).map(lambda number: UUID(int=number)),
    years_in_role=st.integers(0, 12),
    reserved=st.integers(0, 3),
    place=st.sampled_from([Place("NL", 90_000, 3, "150", "155"), Place("GH"), Place("KH", 5_000, 1, "142", "035")]),
)


@given(st.lists(candidates, max_size=12, unique_by=lambda one: one.offer_id), st.randoms(), st.integers(1, 5))
def test_the_order_in_which_offers_are_met_does_not_matter(met: list[Candidate], random: Random, top: int) -> None:
    request = a_request()
    shuffled = random.sample(met, len(met))
    assert found(request, *met, top=top) == found(request, *shuffled, top=top)


@given(st.lists(candidates, max_size=12, unique_by=lambda one: one.offer_id), st.integers(1, 5))
def test_nobody_left_out_is_better_than_somebody_proposed(met: list[Candidate], top: int) -> None:
    request = a_request()
    everybody, proposed = found(request, *met, top=len(met) + 1).ranked, found(request, *met, top=top).ranked
    assert proposed == everybody[:top]
    assert [one.score for one in everybody] == sorted((one.score for one in everybody), reverse=True)
