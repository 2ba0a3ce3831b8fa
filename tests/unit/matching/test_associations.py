"""Which associations a targeted call goes to: by language, then by what their members have offered on the theme."""

from typing import Any

import pytest

from services.matching.rules.associations import ENOUGH_TO_ASK, Association, to_be_called
from shared.primitives.ids import new_id
from shared.primitives.terms import Level
from tests.builders.matching import a_request

REQUEST = a_request(languages={"en": Level.C1, "fr": Level.B1})


def an_association(**changes: Any) -> Association:
    facts: dict[str, Any] = {
        "organisation_id": new_id(),
        "country": "NL",
        "region": "150",
        "languages": frozenset({"en"}),
        "offers": 0,
    }
    return Association(**(facts | changes))


def test_those_who_know_the_theme_are_enough_where_they_are_several() -> None:
    knowing = [an_association(offers=number) for number in range(1, ENOUGH_TO_ASK + 1)]
    asked = to_be_called(REQUEST, [an_association(), *knowing, an_association()])
    assert asked == tuple(one.organisation_id for one in reversed(knowing))


def test_where_few_know_the_theme_the_others_are_asked_after_them() -> None:
    others = sorted((an_association() for _ in range(3)), key=lambda one: one.organisation_id)
    knowing = [an_association(offers=9) for _ in range(ENOUGH_TO_ASK - 1)]
    asked = to_be_called(REQUEST, [*others, *knowing])
    assert set(asked[: len(knowing)]) == {one.organisation_id for one in knowing}
    assert asked[len(knowing) :] == tuple(one.organisation_id for one in others)


def test_who_knows_the_theme_is_not_asked_in_a_language_that_it_does_not_work_in() -> None:
    able, knowing = an_association(), an_association(languages=frozenset({"fr"}), offers=9)
    assert to_be_called(REQUEST, [able, knowing]) == (able.organisation_id,)
    with_interpretation = a_request(interpretation=True)
    assert to_be_called(with_interpretation, [able, knowing]) == (knowing.organisation_id, able.organisation_id)


def test_without_a_shared_language_those_of_the_region_are_asked() -> None:
    near = an_association(country="TG", region="002", languages=frozenset({"fr"}))
    far = an_association(languages=frozenset({"nl"}), offers=9)
    assert to_be_called(REQUEST, [near, far]) == (near.organisation_id,)


@pytest.mark.parametrize("changes", [{"country": "GH"}, {"organisation_id": REQUEST.organisation_id}])
def test_who_can_not_answer_is_not_asked(changes: dict[str, Any]) -> None:
    assert to_be_called(REQUEST, [an_association(offers=9, **changes)]) == ()
