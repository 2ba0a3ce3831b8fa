"""What other terms would change, told in shares."""

import pytest

from services.matching.engine.values import Candidate, Place
from services.matching.rules.effects import Compared, terms_effect
from services.matching.rules.policy import Policy, Terms, newest
from shared.primitives.ids import new_id
from tests.builders.matching import a_candidate

GHANA, NETHERLANDS = Place("GH", income=1), Place("NL", income=3)
POLICY = Policy.model_validate({"version": 4, "weights": {}, "proposals": 2, "answer_days": 10})
TERMS = Terms.model_validate({"weights": {}, "proposals": 2, "answer_days": 10})


def test_shares_are_those_of_the_proposals() -> None:
    southern, northern = a_candidate(place=GHANA, answered=3), a_candidate(place=NETHERLANDS)
    known: dict[object, Candidate] = {one.offer_id: one for one in (southern, northern)}
    both, first = (southern.offer_id, northern.offer_id), (southern.offer_id,)
    compared = [
        Compared(new_id(), GHANA, both, both[::-1]),
        Compared(new_id(), NETHERLANDS, first, first),
        Compared(new_id(), GHANA, (), first),
    ]
    effect = terms_effect("danube", POLICY.version, TERMS, compared, known)  # type: ignore[arg-type]
    assert (effect.searches, effect.same_first, effect.kept) == (3, 0.5, 1.0)
    assert [one.application_id for one in effect.changed] == [compared[0].application_id, compared[2].application_id]
    assert (effect.before.proposals, effect.before.offers, effect.before.organisations) == (3, 2, 2)
    assert effect.before.south_south == pytest.approx(1 / 3)
    assert effect.before.first_timers == pytest.approx(1 / 3)
    assert (effect.after.proposals, effect.after.south_south) == (4, 0.5)


def test_without_an_open_search_there_is_no_share() -> None:
    effect = terms_effect("danube", POLICY.version, TERMS, [], {})
    assert (effect.same_first, effect.kept, effect.before.south_south) == (None, None, None)


@pytest.mark.parametrize(("income", "south"), [(0, True), (2, True), (3, False), (None, False)])
def test_the_south_is_where_income_is_known_not_to_be_high(income: int | None, south: bool) -> None:
    assert Place("XX", income=income).is_south is south


def test_a_programme_without_a_policy_goes_by_the_newest_usual_one() -> None:
    policies = [
        POLICY.model_copy(update={"version": n, "programme": p})
        for n, p in ((1, "connect"), (2, "danube"), (3, "connect"))
    ]
    assert newest(policies, "danube").version == 2
    assert newest(policies, "nowhere").version == newest(policies, "connect").version == 3
