"""What can become of a proposal."""

from datetime import date, timedelta

import pytest

from services.matching.rules.proposals import (
    OPEN,
    REFUSED,
    TRANSITIONS,
    DeclineReason,
    ProposalState,
    accepted,
    declined,
    moved,
)
from shared.primitives.errors import WrongState
from shared.primitives.terms import Side
from tests.builders.matching import a_proposal

S = ProposalState
LAST_DAY = date(2026, 3, 16)


def test_every_state_is_in_the_table() -> None:
    assert set(TRANSITIONS) == set(S)


@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("to", S)
def test_only_steps_of_the_table_are_taken(state: S, to: S) -> None:
    proposal = a_proposal(state=state)
    if to in TRANSITIONS[state]:
        assert moved(proposal, to).state is to
    else:
        with pytest.raises(WrongState, match="proposal-not-open"):
            moved(proposal, to)


@pytest.mark.parametrize("state", sorted(set(S) - OPEN))
@pytest.mark.parametrize("side", Side)
def test_what_is_not_open_can_not_be_answered(state: S, side: Side) -> None:
    with pytest.raises(WrongState):
        accepted(a_proposal(state=state), side, LAST_DAY)
    with pytest.raises(WrongState):
        declined(a_proposal(state=state), side, DeclineReason.DATES)


@pytest.mark.parametrize(("first", "second"), [(Side.REQUESTER, Side.OFFERER), (Side.OFFERER, Side.REQUESTER)])
def test_it_takes_both_sides(first: Side, second: Side) -> None:
    half = accepted(a_proposal(), first, LAST_DAY)
    assert half.state in OPEN
    assert accepted(half, second, LAST_DAY).state is S.MUTUALLY_ACCEPTED


@pytest.mark.parametrize("side", Side)
def test_one_side_does_not_count_twice(side: Side) -> None:
    half = accepted(a_proposal(), side, LAST_DAY)
    with pytest.raises(WrongState, match="already-accepted"):
        accepted(half, side, LAST_DAY)


def test_the_last_day_is_still_in_time_and_the_next_is_not() -> None:
    proposal = a_proposal(respond_by=LAST_DAY)
    assert accepted(proposal, Side.REQUESTER, LAST_DAY).is_open
    with pytest.raises(WrongState, match="too-late"):
        accepted(proposal, Side.REQUESTER, LAST_DAY + timedelta(days=1))


@pytest.mark.parametrize("state", sorted(OPEN))
def test_a_refusal_keeps_its_reason_and_side(state: S) -> None:
    refused = declined(a_proposal(state=state), Side.OFFERER, DeclineReason.WORKLOAD)
    assert (refused.state, refused.reason, refused.declined_by) == (S.DECLINED, "workload", Side.OFFERER)


def test_only_a_pair_to_which_somebody_said_no_or_nothing_is_not_proposed_again() -> None:
    assert {S.DECLINED, S.EXPIRED, S.CANCELLED} == REFUSED
