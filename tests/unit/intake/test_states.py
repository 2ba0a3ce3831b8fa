"""Which moves the states allow, and how news from elsewhere is judged."""

import pytest

from services.intake.rules.states import (
    APPLICATION_MOVES,
    OFFER_MOVES,
    ApplicationState,
    OfferState,
    check_application_move,
    check_offer_move,
    is_news,
)
from shared.primitives.errors import WrongState

A = ApplicationState


def test_every_state_has_its_row() -> None:
    assert set(APPLICATION_MOVES) == set(ApplicationState)
    assert set(OFFER_MOVES) == set(OfferState)


@pytest.mark.parametrize("state", list(ApplicationState))
@pytest.mark.parametrize("to", list(ApplicationState))
def test_an_application_moves_only_along_its_table(state: ApplicationState, to: ApplicationState) -> None:
    if to in APPLICATION_MOVES[state]:
        check_application_move(state, to)
    else:
        with pytest.raises(WrongState):
            check_application_move(state, to)


def test_an_application_can_be_withdrawn_at_any_time_before_the_exchange() -> None:
    over = {A.EXCHANGING, A.CLOSED, A.REJECTED, A.WITHDRAWN}
    assert {state for state in A if A.WITHDRAWN in APPLICATION_MOVES[state]} == set(A) - over


def test_an_expired_offer_stays_expired() -> None:
    with pytest.raises(WrongState):
        check_offer_move(OfferState.EXPIRED, OfferState.ACTIVE)


@pytest.mark.parametrize(
    ("state", "to", "news"),
    [
        (A.VALIDATED, A.EXCHANGING, True),
        (A.EXCHANGING, A.MATCHED, False),
        (A.MATCHED, A.MATCHED, False),
        (A.WITHDRAWN, A.MATCHED, False),
        (A.NO_MATCH, A.MATCHED, True),
        (A.CLOSED, A.EXCHANGING, False),
    ],
)
def test_late_news_does_not_turn_a_case_back(state: ApplicationState, to: ApplicationState, news: bool) -> None:
    assert is_news(state, to) is news
