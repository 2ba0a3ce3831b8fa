"""On which days somebody is reminded of a proposal, and of what."""

from datetime import date, timedelta

import pytest

from services.matching.rules.proposals import ProposalState
from services.matching.rules.reminders import days_left, is_due, next_reminder, reminded, reminder_days, silent_sides
from shared.primitives.terms import Side
from tests.builders.matching import a_proposal

MONDAY = date(2026, 3, 9)
TEN_DAYS = tuple(MONDAY + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11))
SIXTH, NINTH, LAST = TEN_DAYS[5], TEN_DAYS[8], TEN_DAYS[9]
A_PROPOSAL = a_proposal(working_days=TEN_DAYS, respond_by=LAST, remind_on=SIXTH)


def test_of_ten_days_the_sixth_and_the_ninth_begin_with_a_reminder() -> None:
    assert reminder_days(TEN_DAYS) == (SIXTH, NINTH)
    assert [days_left(A_PROPOSAL, day) for day in (SIXTH, NINTH, LAST)] == [5, 2, 1]


@pytest.mark.parametrize("count", range(11))
def test_there_are_two_reminders_at_most_each_on_a_day_on_which_one_can_answer(count: int) -> None:
    days = reminder_days(TEN_DAYS[:count])
    assert len(days) == (0 if count == 0 else 1 if count < 3 else 2)
    assert set(days) <= set(TEN_DAYS[:count])
    assert list(days) == sorted(days)


def test_a_weekend_is_not_counted_among_the_days_that_are_left() -> None:
    saturday = MONDAY + timedelta(days=5)
    assert days_left(A_PROPOSAL, saturday) == days_left(A_PROPOSAL, SIXTH) == 5


@pytest.mark.parametrize(
    ("today", "due"),
    [(SIXTH - timedelta(days=1), False), (SIXTH, True), (LAST, True), (LAST + timedelta(days=1), False)],
)
def test_a_reminder_is_due_from_its_day_until_the_last_day(today: date, due: bool) -> None:
    assert is_due(A_PROPOSAL, today) is due


@pytest.mark.parametrize("state", ProposalState)
def test_only_of_what_can_be_answered_somebody_is_reminded(state: ProposalState) -> None:
    proposal = a_proposal(working_days=TEN_DAYS, respond_by=LAST, remind_on=SIXTH, state=state)
    assert is_due(proposal, SIXTH) is proposal.is_open


@pytest.mark.parametrize(("today", "following"), [(SIXTH, NINTH), (NINTH, None), (LAST, None)])
def test_one_reminder_stands_for_all_whose_day_has_come(today: date, following: date | None) -> None:
    assert reminded(A_PROPOSAL, today).remind_on == following


def test_without_days_there_is_nothing_to_remind_of() -> None:
    assert next_reminder((), MONDAY) is None


def test_who_has_answered_is_not_reminded() -> None:
    states = (ProposalState.PUBLISHED, ProposalState.ACCEPTED_BY_REQUESTER, ProposalState.ACCEPTED_BY_OFFERER)
    silent = [silent_sides(a_proposal(state=state)) for state in states]
    assert silent == [(Side.REQUESTER, Side.OFFERER), (Side.OFFERER,), (Side.REQUESTER,)]
