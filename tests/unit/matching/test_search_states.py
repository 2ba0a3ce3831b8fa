"""What can become of a search, and when associations may be called."""

from dataclasses import replace
from datetime import date, timedelta
from typing import cast

import pytest

from services.matching.engine.relaxing import Relaxation
from services.matching.engine.values import Found, Ranked
from services.matching.rules.policy import Publishing
from services.matching.rules.searches import (
    TRANSITIONS,
    UNMATCHED,
    Call,
    SearchState,
    call_ended,
    called,
    looked,
    moved,
    relaxed_by,
)
from shared.primitives.errors import Invalid, WrongState
from tests.builders.matching import a_search

S = SearchState
BY_ITSELF = Publishing.BY_ITSELF
TODAY = date(2026, 3, 2)
CALL = Call((), ("en",), TODAY + timedelta(days=30))


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(S)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("to", S)
def test_only_steps_of_the_table_are_taken(state: S, to: S) -> None:
    if to in TRANSITIONS[state]:
        assert moved(a_search(state), to).state is to
    else:
        with pytest.raises(WrongState, match="search-state"):
            moved(a_search(state), to)


def test_a_call_follows_a_search_without_a_match() -> None:
    search = called(a_search(S.NO_MATCH), CALL, TODAY)
    assert (search.state, search.call) == (S.CALLED, CALL)


@pytest.mark.parametrize("state", sorted(set(S) - {S.NO_MATCH, S.CALLED}))
def test_no_call_while_there_is_a_match_or_nothing_to_match(state: S) -> None:
    with pytest.raises(WrongState, match="not-without-match"):
        called(a_search(state), CALL, TODAY)


def test_no_second_call_while_one_is_open() -> None:
    search = called(a_search(S.NO_MATCH), CALL, TODAY)
    with pytest.raises(WrongState, match="call-open"):
        called(search, CALL, CALL.closes_on - timedelta(days=1))


def test_a_new_call_after_the_first_has_closed() -> None:
    search = called(a_search(S.NO_MATCH), CALL, TODAY)
    later = replace(CALL, closes_on=CALL.closes_on + timedelta(days=60))
    assert called(search, later, CALL.closes_on + timedelta(days=1)).call == later


def test_an_open_call_is_prolonged_and_never_shortened() -> None:
    search = called(a_search(S.NO_MATCH), CALL, TODAY)
    longer = replace(CALL, closes_on=CALL.closes_on + timedelta(days=1))
    prolonged = called(search, longer, CALL.closes_on)
    assert (prolonged.state, prolonged.call) == (S.CALLED, longer)
    with pytest.raises(WrongState, match="call-open"):
        called(prolonged, CALL, TODAY)


@pytest.mark.parametrize("state", S)
def test_only_a_call_that_nobody_has_answered_ends_its_search_and_not_before_its_last_day_is_over(
    state: SearchState,
) -> None:
    search = a_search(state, call=CALL)
    assert call_ended(search, CALL.closes_on) is None
    ended = call_ended(search, CALL.closes_on + timedelta(days=1))
    assert (ended and ended.state) == (S.CLOSED if state is S.CALLED else None)


def test_a_call_must_close_on_a_day_ahead() -> None:
    with pytest.raises(Invalid) as refused:
        called(a_search(S.NO_MATCH), replace(CALL, closes_on=TODAY), TODAY)
    assert [problem.pointer for problem in refused.value.fields] == ["/closes_on"]


def test_found_candidates_wait_where_a_coordinator_publishes() -> None:
    somebody = Found((cast(Ranked, object()),), 1, ())
    for state in (S.SEARCHING, S.PROPOSED, S.NO_MATCH, S.CALLED):
        assert looked(a_search(state), somebody, BY_ITSELF).state is S.PROPOSED
        assert looked(a_search(state), somebody, Publishing.BY_COORDINATOR).state is S.SEARCHING


def test_only_a_search_without_a_match_is_relaxed() -> None:
    for state in S:
        if state in UNMATCHED:
            assert relaxed_by(a_search(state), [Relaxation.MODE]).relax == {Relaxation.MODE}
        else:
            with pytest.raises(WrongState, match="not-without-match"):
                relaxed_by(a_search(state), [Relaxation.MODE])


def test_asking_those_again_who_declined_is_not_kept() -> None:
    relaxed = relaxed_by(a_search(S.NO_MATCH), [Relaxation.EARLIER_PROPOSAL, Relaxation.WINDOW])
    assert relaxed.relax == {Relaxation.WINDOW}
    with pytest.raises(Invalid, match="nothing-to-relax"):
        relaxed_by(relaxed, [Relaxation.WINDOW])


def test_finding_nobody_again_leaves_a_call_open() -> None:
    search = called(a_search(S.NO_MATCH), CALL, TODAY)
    nobody = Found((), 7, ())
    assert (looked(search, nobody, BY_ITSELF).state, looked(search, nobody, BY_ITSELF).considered) == (S.CALLED, 7)
    assert looked(a_search(S.PROPOSED), nobody, BY_ITSELF).state is S.NO_MATCH
