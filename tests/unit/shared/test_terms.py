"""The closed lists that have an order or a meaning beyond their names."""

from uuid import UUID, uuid4

import pytest

from shared.primitives.actor import Actor, service_actor
from shared.primitives.errors import Forbidden, require
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Role


def test_levels_rise_from_a1_to_c2() -> None:
    assert sorted(Level, key=lambda level: level.rank) == [Level.A1, Level.A2, Level.B1, Level.B2, Level.C1, Level.C2]
    assert Level.C1.at_least(Level.B2)
    assert Level.B2.at_least(Level.B2)
    assert not Level.B1.at_least(Level.B2)


def test_ids_sort_by_the_order_of_their_making() -> None:
    ids = [new_id() for _ in range(1000)]
    assert ids == sorted(ids)
    assert {(each.version, type(each)) for each in ids} == {(7, UUID)}


def test_an_actor_speaks_only_for_a_named_organisation_of_its_own() -> None:
    home = uuid4()
    assert Actor("a", organisation_id=home).speaks_for(home)
    assert not Actor("a", organisation_id=home).speaks_for(uuid4())
    assert not Actor("a").speaks_for(None)


def test_a_service_acts_as_itself() -> None:
    actor = service_actor("intake")
    assert actor.account == "service:intake"
    assert actor.has(Role.SERVICE, Role.OPERATOR)
    assert not actor.has(Role.OPERATOR)


def test_what_is_not_allowed_is_forbidden_in_words() -> None:
    require(True, "do this")
    with pytest.raises(Forbidden, match="You may not do that"):
        require(False, "do that")
