"""Who may do what: every role with every action."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.exchange import rules
from services.exchange.rules import Action, State
from shared.primitives.actor import Actor
from shared.primitives.terms import Role
from tests.builders.exchange import ASSOCIATION, OFFERER, REQUESTER, STRANGER, THIRD, an_exchange

A = Action
OF_A_SIDE = {A.READ, A.DRAFT, A.TICK, A.REPORT}
NOBODYS_ROLES = {Role.REVIEWER, Role.READER, Role.SERVICE}


def allowed(actor: Actor) -> set[Action]:
    exchange = an_exchange(State.AGREED)
    return {action for action in Action if rules.may(actor, action, exchange)}


def an_actor(*roles: Role, organisation_id: UUID | None = None) -> Actor:
    return replace(Actor("account", frozenset(roles)), organisation_id=organisation_id)


def test_a_coordinator_may_do_everything() -> None:
    assert allowed(an_actor(Role.COORDINATOR)) == set(Action)


@pytest.mark.parametrize("organisation_id", [REQUESTER, OFFERER])
@pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT])
def test_the_two_sides_draft_arrange_and_report(role: Role, organisation_id: UUID | None) -> None:
    assert allowed(an_actor(role, organisation_id=organisation_id)) == OF_A_SIDE


@pytest.mark.parametrize("organisation_id", [None, THIRD, STRANGER])
@pytest.mark.parametrize("role", [Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION])
def test_other_organisations_may_do_nothing(role: Role, organisation_id: UUID | None) -> None:
    assert allowed(an_actor(role, organisation_id=organisation_id)) == set()


def test_the_named_association_reads_and_confirms() -> None:
    officer = an_actor(Role.ASSOCIATION, organisation_id=ASSOCIATION)
    assert allowed(officer) == {A.READ, A.CONFIRM}
    assert not rules.may(officer, A.READ, an_exchange(State.PLANNED))


@pytest.mark.parametrize("role", sorted({Role.APPLICANT, Role.EXPERT} | NOBODYS_ROLES))
def test_only_its_officers_speak_for_the_association(role: Role) -> None:
    assert allowed(an_actor(role, organisation_id=ASSOCIATION)) == set()


def test_an_operator_looks() -> None:
    assert allowed(an_actor(Role.OPERATOR)) == {A.READ}


@pytest.mark.parametrize("role", sorted(NOBODYS_ROLES))
def test_other_roles_may_do_nothing_even_on_a_side(role: Role) -> None:
    assert allowed(an_actor(role, organisation_id=REQUESTER)) == set()


def test_every_role_is_judged_here() -> None:
    judged = {Role.COORDINATOR, Role.APPLICANT, Role.EXPERT, Role.ASSOCIATION, Role.OPERATOR}
    assert judged | NOBODYS_ROLES == set(Role)
