"""Who may do what."""

import pytest

from services.evaluation.rules import Deed, may, practices, surveys
from services.evaluation.rules.exchanges import Phase
from shared.primitives.actor import Actor
from shared.primitives.ids import new_id
from shared.primitives.terms import Role
from tests.builders.evaluation import (
    APPLICANT,
    COORDINATOR,
    EXPERT,
    LAST,
    OFFICER,
    OUTSIDER,
    REQUESTER,
    a_lesson,
    an_exchange,
)

EXCHANGE = an_exchange(phase=Phase.COMPLETED, completed_on=LAST)
SURVEY = surveys.before_surveys(EXCHANGE, 1, LAST, new_id)[0]
PRACTICE = practices.submitted(EXCHANGE, new_id(), a_lesson())
OPERATOR = Actor("operator", frozenset({Role.OPERATOR, Role.REVIEWER, Role.SERVICE}))
READER = Actor("reader", frozenset({Role.READER}), organisation_id=REQUESTER)
EVERYBODY = (APPLICANT, EXPERT, OFFICER, COORDINATOR, OUTSIDER, OPERATOR, READER)

ALLOWED = {
    Deed.READ_SURVEY: (SURVEY, {APPLICANT, COORDINATOR}),
    Deed.ANSWER_SURVEY: (SURVEY, {APPLICANT}),
    Deed.WAIVE_SURVEY: (SURVEY, {COORDINATOR}),
    Deed.READ_EXCHANGE: (EXCHANGE, {APPLICANT, EXPERT, OFFICER, COORDINATOR}),
    Deed.AGREE_ACTION: (EXCHANGE, {APPLICANT, COORDINATOR}),
    Deed.WRITE_PRACTICE: (EXCHANGE, {APPLICANT, EXPERT, COORDINATOR}),
    Deed.CHECK_PRACTICE: (PRACTICE, {OFFICER}),
    Deed.READ_ALL_RESULTS: (None, {OFFICER, COORDINATOR, OUTSIDER, READER}),
}


@pytest.mark.parametrize("deed", Deed)
def test_a_deed_is_for_those_listed_and_nobody_else(deed: Deed) -> None:
    thing, allowed = ALLOWED[deed]
    assert {actor for actor in EVERYBODY if may(actor, deed, thing)} == allowed


def test_nobody_is_the_officer_of_an_exchange_without_association() -> None:
    unnamed = Actor("officer", frozenset({Role.ASSOCIATION}), organisation_id=None)
    assert not may(unnamed, Deed.READ_EXCHANGE, an_exchange(association_id=None))
