"""What an answer tells of an offer."""

import pytest

from services.matching.rules.answers import Answer, AnswerKind
from services.matching.rules.proposals import DeclineReason
from shared.primitives.terms import Side

R = DeclineReason


@pytest.mark.parametrize(
    ("side", "beside"),
    [
        (Side.REQUESTER, {R.DATES, R.WORKLOAD, R.BUDGET, R.ANOTHER_PEER}),
        (Side.OFFERER, {R.DATES, R.ANOTHER_PEER}),
    ],
)
def test_a_reason_that_lies_with_who_gives_it_says_nothing_about_the_offer(
    side: Side, beside: set[DeclineReason]
) -> None:
    silent = {reason for reason in R if not Answer(side, AnswerKind.DECLINED, reason).about_offer}
    assert silent == beside


@pytest.mark.parametrize("side", Side)
def test_consent_tells_of_the_offer_and_silence_of_who_is_silent(side: Side) -> None:
    assert Answer(side, AnswerKind.ACCEPTED).about_offer
    assert Answer(side, AnswerKind.EXPIRED).about_offer is (side is Side.OFFERER)
