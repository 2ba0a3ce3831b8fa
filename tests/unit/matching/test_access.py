"""Who may see and answer."""

from typing import Any
from uuid import UUID

import pytest

from services.matching.rules.access import association_of, may, may_see, may_see_proposal, side_of
from services.matching.rules.proposals import ProposalState as S
from shared.primitives.actor import Actor, service_actor
from shared.primitives.errors import Forbidden
from shared.primitives.terms import Role, Side
from tests.builders.matching import COORDINATOR, a_proposal, somebody_of

HERE, THERE, ELSEWHERE = (UUID(int=number) for number in (1, 2, 3))
PROPOSAL = a_proposal(requester_id=HERE, offerer_id=THERE)
CAN_ANSWER = {Role.APPLICANT, Role.EXPERT, Role.COORDINATOR}


@pytest.mark.parametrize("role", Role)
def test_a_side_is_spoken_for_by_its_own_organisation_in_these_roles_only(role: Role) -> None:
    able = role in CAN_ANSWER
    assert side_of(somebody_of(HERE, role), PROPOSAL) is (Side.REQUESTER if able else None)
    assert side_of(somebody_of(THERE, role), PROPOSAL) is (Side.OFFERER if able else None)
    assert side_of(somebody_of(ELSEWHERE, role), PROPOSAL) is None


def test_a_coordinator_of_no_side_answers_for_nobody_but_sees_everything() -> None:
    assert side_of(COORDINATOR, PROPOSAL) is None
    assert may_see(COORDINATOR, frozenset({HERE}))


@pytest.mark.parametrize("role", Role)
def test_only_a_coordinator_opens_a_call(role: Role) -> None:
    assert may(somebody_of(HERE, role), "open a call") is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", Role)
def test_calls_are_read_by_the_association_that_is_asked_and_by_coordinators(role: Role) -> None:
    if role is Role.COORDINATOR:
        assert association_of(somebody_of(HERE, role)) is None
    elif role is Role.ASSOCIATION:
        assert association_of(somebody_of(HERE, role)) == HERE
    else:
        with pytest.raises(Forbidden):
            association_of(somebody_of(HERE, role))
    with pytest.raises(Forbidden):
        association_of(Actor("of no association", frozenset({Role.ASSOCIATION})))


@pytest.mark.parametrize("role", Role)
def test_only_a_coordinator_looks_for_similar_offers(role: Role) -> None:
    assert may(somebody_of(HERE, role), "look for similar offers") is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", Role)
def test_suggestions_are_for_those_who_write_and_those_who_help_them(role: Role) -> None:
    able = role in {Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION, Role.COORDINATOR}
    assert may(somebody_of(HERE, role), "ask for suggestions") is able


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", ["use the desk", "choose peers", "set policies"])
def test_the_desk_is_for_coordinators(role: Role, action: str) -> None:
    assert may(somebody_of(HERE, role), action) is (role is Role.COORDINATOR)


@pytest.mark.parametrize("role", Role)
def test_whoever_asked_or_a_coordinator_relaxes_a_search(role: Role) -> None:
    assert may(somebody_of(HERE, role), "relax a search") is (role in {Role.APPLICANT, Role.COORDINATOR})


@pytest.mark.parametrize(
    "hidden", [{"state": S.COMPUTED}, {"state": S.SHORTLISTED}, {"state": S.SUPERSEDED, "reason": "not-chosen"}]
)
def test_a_proposal_is_hidden_from_its_sides_until_it_is_published(hidden: dict[str, Any]) -> None:
    known, unknown = (a_proposal(requester_id=HERE, **facts) for facts in ({"state": S.SUPERSEDED}, hidden))
    assert may_see_proposal(somebody_of(HERE), known)
    assert not may_see_proposal(somebody_of(HERE), unknown)
    assert may_see_proposal(COORDINATOR, unknown)


def test_what_is_not_in_the_table_is_denied() -> None:
    assert not may(COORDINATOR, "rewrite history")


@pytest.mark.parametrize("role", Role)
def test_others_see_only_what_concerns_their_organisation(role: Role) -> None:
    assert may_see(somebody_of(HERE, role), frozenset({HERE})) is (role in CAN_ANSWER | {Role.OPERATOR})
    assert may_see(somebody_of(HERE, role), frozenset({THERE})) is (role in {Role.COORDINATOR, Role.OPERATOR})


def test_nobody_without_an_organisation_concerns_one() -> None:
    assert not may_see(Actor("a", frozenset({Role.APPLICANT})), frozenset({HERE}))
    assert not may_see(service_actor("exchange"), frozenset({HERE}))
