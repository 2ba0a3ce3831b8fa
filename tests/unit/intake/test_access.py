"""Who may do what in intake; what is not listed is denied."""

from typing import get_args
from uuid import uuid4

import pytest

from services.intake.rules.access import RULES, Action, may
from shared.primitives.actor import Actor
from shared.primitives.terms import Role

OWN, OTHER = uuid4(), uuid4()
ALLOWED = {
    ("register-organisation", Role.COORDINATOR),
    *(("register-member", role) for role in (Role.COORDINATOR, Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION)),
    *(("write-application", role) for role in (Role.COORDINATOR, Role.APPLICANT)),
    *(("withdraw-application", role) for role in (Role.COORDINATOR, Role.APPLICANT)),
    ("enter-from-paper", Role.COORDINATOR),
    *(("read-application", role) for role in Role),
    *(("write-offer", role) for role in (Role.COORDINATOR, Role.EXPERT)),
    ("judge-offer", Role.COORDINATOR),
    *(("read-offer", role) for role in Role),
}


def test_every_action_has_a_rule() -> None:
    assert set(RULES) == set(get_args(Action))


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("role", list(Role))
def test_with_their_own_organisations_things(action: Action, role: Role) -> None:
    actor = Actor("a", frozenset({role}), organisation_id=OWN)
    expected = (action, role) in ALLOWED and action != "judge-offer"
    assert may(actor, action, organisation_id=OWN) is expected


@pytest.mark.parametrize("action", get_args(Action))
@pytest.mark.parametrize("role", list(Role))
def test_with_another_organisations_things(action: Action, role: Role) -> None:
    readers = {Role.COORDINATOR, Role.REVIEWER, Role.OPERATOR}
    expected = (
        (role is Role.COORDINATOR and action != "review-application")
        or (action in {"read-application", "read-offer"} and role in readers)
        or (action in {"review-application", "judge-offer"} and role is Role.REVIEWER)
    )
    assert may(Actor("a", frozenset({role}), organisation_id=OWN), action, organisation_id=OTHER) is expected


def test_an_association_reads_its_members_applications() -> None:
    officer = Actor("a", frozenset({Role.ASSOCIATION}), organisation_id=OWN)
    assert may(officer, "read-application", organisation_id=OTHER, association_id=OWN)
    assert not may(officer, "read-application", organisation_id=OTHER, association_id=OTHER)


def test_nobody_speaks_for_an_unnamed_organisation() -> None:
    assert not may(Actor("a", frozenset({Role.APPLICANT})), "write-application", organisation_id=None)
