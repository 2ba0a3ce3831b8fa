"""Actions, the states of a practice, and what each of them needs."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from services.evaluation.rules import actions, practices
from services.evaluation.rules.codes import require_code
from services.evaluation.rules.exchanges import Exchange, Phase
from services.evaluation.rules.practices import TRANSITIONS, Practice, PracticeState
from shared.primitives.errors import Invalid, WrongState
from shared.primitives.ids import new_id
from tests.builders.evaluation import a_lesson, an_exchange

COMPLETED_ON = date(2026, 5, 20)


def a_completed_exchange(**changes: object) -> Exchange:
    return an_exchange(**{"phase": Phase.COMPLETED, "completed_on": COMPLETED_ON, **changes})


def a_practice(state: PracticeState = PracticeState.ASSOCIATION_CHECK) -> Practice:
    return replace(practices.submitted(a_completed_exchange(), new_id(), a_lesson()), state=state)


def pointers(refusal: Invalid) -> list[str]:
    return [field.pointer for field in refusal.fields]


@pytest.mark.parametrize("due", [date(2026, 5, 20), date(2026, 9, 1), date(2027, 5, 20)])
def test_an_action_is_due_within_a_year_after_the_completion(due: date) -> None:
    assert actions.agreed(a_completed_exchange(), new_id(), new_id(), " Buy bins ", due).what == "Buy bins"


@pytest.mark.parametrize("due", [date(2026, 5, 19), date(2027, 5, 21)])
def test_an_action_on_another_day_is_refused(due: date) -> None:
    with pytest.raises(Invalid) as refusal:
        actions.agreed(a_completed_exchange(), new_id(), new_id(), "", due)
    assert pointers(refusal.value) == ["/due", "/what"]


def test_a_year_after_a_leap_day_is_in_february() -> None:
    assert actions.a_year_after(date(2024, 2, 29)) == date(2025, 2, 28)


@pytest.mark.parametrize("phase", [Phase.PLANNED, Phase.STARTED, Phase.CANCELLED])
def test_nothing_is_agreed_or_written_before_the_completion(phase: Phase) -> None:
    exchange = an_exchange(phase=phase)
    with pytest.raises(WrongState, match="exchange-not-completed"):
        actions.agreed(exchange, new_id(), new_id(), "Buy bins", COMPLETED_ON)
    with pytest.raises(WrongState, match="exchange-not-completed"):
        practices.submitted(exchange, new_id(), a_lesson())


@pytest.mark.parametrize(("state", "to"), list(product(PracticeState, PracticeState)))
def test_a_practice_moves_only_as_the_table_says(state: PracticeState, to: PracticeState) -> None:
    practice = a_practice(state)
    if to in TRANSITIONS[state]:
        assert practices.moved(practice, to).state is to
    else:
        with pytest.raises(WrongState) as refusal:
            practices.moved(practice, to)
        assert refusal.value.code == f"practice-is-{state}"


def test_every_state_of_a_practice_can_be_reached() -> None:
    assert {to for ways in TRANSITIONS.values() for to in ways} == set(PracticeState) - {PracticeState.DRAFT}


def test_a_practice_is_returned_revised_and_published() -> None:
    returned = practices.returned(a_practice(), "evidence-missing")
    assert (returned.state, returned.reason) == (PracticeState.REVISION, "evidence-missing")
    revised = practices.revised(returned, a_lesson(evidence="A study"))
    published = practices.published(revised, COMPLETED_ON)
    assert (published.state, published.reason) == (PracticeState.PUBLISHED, None)
    assert practices.published_event(published).published_on == COMPLETED_ON


@pytest.mark.parametrize("missing", ["title", "what_worked", "what_did_not", "evidence"])
def test_a_practice_needs_all_its_parts(missing: str) -> None:
    with pytest.raises(Invalid) as refusal:
        practices.submitted(a_completed_exchange(), new_id(), a_lesson(**{missing: "  "}))
    assert pointers(refusal.value) == [f"/{missing}"]


def test_a_practice_is_neither_endless_nor_in_no_language() -> None:
    with pytest.raises(Invalid) as refusal:
        practices.submitted(a_completed_exchange(), new_id(), a_lesson(title="x" * 101, title_language="klingon"))
    assert pointers(refusal.value) == ["/title", "/title_language"]


def test_a_practice_needs_the_association_of_its_exchange() -> None:
    with pytest.raises(WrongState, match="exchange-without-association"):
        practices.submitted(a_completed_exchange(association_id=None), new_id(), a_lesson())


@pytest.mark.parametrize("reason", [None, "", "The mayor was ill", "Nobody", "-", "a" * 81])
def test_a_return_needs_a_reason_that_is_a_code(reason: str | None) -> None:
    with pytest.raises(Invalid) as refusal:
        practices.returned(a_practice(), reason)
    assert pointers(refusal.value) == ["/reason"]


def test_codes_are_short_words_with_hyphens() -> None:
    require_code("/reason", "no-programme-on-day-3")
