"""Whatever there is to do at the console is for operators; what nobody has listed is for nobody."""

import pytest

from services.monitor.rules import OF_OPERATORS, may
from shared.primitives.actor import Actor
from shared.primitives.terms import Role


@pytest.mark.parametrize("action", sorted(OF_OPERATORS))
def test_operators_may_and_nobody_else(action: str) -> None:
    allowed = {role for role in Role if may(Actor("somebody", frozenset({role})), action)}
    assert allowed == {Role.OPERATOR}
    assert not may(Actor("somebody without a role"), action)


def test_what_is_not_listed_nobody_may() -> None:
    assert not may(Actor("operator", frozenset(Role)), "delete a dead letter")
