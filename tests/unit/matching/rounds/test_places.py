"""What one more place of an offer would add is what it adds when the round is solved with it."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matching.engine.rounds.results import Place, Report
from services.matching.engine.rounds.solve import solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Round
from tests.builders.rounds import a_round, an_open_offer, offer_id, pair
from tests.unit.matching.rounds.instances import options, rounds


def report(round_: Round, adjustments: Adjustments | None = None, **chosen: float) -> Report:
    return solve_round(round_, Options(**chosen), adjustments).report


def with_one_more(round_: Round, offer: UUID) -> Round:
    offers = [replace(one, capacity=one.capacity + (one.offer_id == offer)) for one in round_.offers]
    return replace(round_, offers=offers)


def added(round_: Round, chosen: Options, adjustments: Adjustments) -> Mapping[UUID, int]:
    """What one more place of each offer adds, by solving again."""
    found = {}
    before = solve_round(round_, chosen, adjustments).report
    for one in round_.offers:
        after = solve_round(with_one_more(round_, one.offer_id), chosen, adjustments).report
        found[one.offer_id] = (after.measures.utility - after.charged) - (before.measures.utility - before.charged)
    return {offer: adds for offer, adds in found.items() if adds}


@settings(max_examples=250)
@given(rounds(most=5), options(), st.data())
def test_places_add_what_solving_again_says(round_: Round, chosen: Options, data: st.DataObject) -> None:
    known = [(one.application_id, one.offer_id) for one in round_.pairings]
    bans = frozenset(data.draw(st.sets(st.sampled_from(known), max_size=2)))
    places = solve_round(round_, chosen, Adjustments(bans=bans)).report.places
    if places is None:
        assert chosen.proposals > 1
        return
    expected = added(round_, chosen, Adjustments(bans=bans))
    found = {one.offer_id: one.adds for one in places}
    experts = [one.member_id for one in round_.offers if any(one.offer_id == pair[1] for pair in known)]
    alone = {one.offer_id for one in round_.offers if experts.count(one.member_id) == 1}
    assert found.items() <= expected.items()
    assert {offer for offer in expected if chosen.step == 0 or offer in alone} == set(found)


def test_a_place_can_help_somebody_else_than_who_gets_it() -> None:
    """With a second place at the first offer, the first application moves there and leaves its place to the third."""
    round_ = a_round({(1, 1): 8_000, (1, 2): 7_000, (2, 1): 9_000, (3, 2): 6_500})
    assert report(round_).places == (Place(offer_id(1), 7_500), Place(offer_id(2), 6_500))


def test_a_place_can_free_an_expert_for_somebody_at_their_other_offer() -> None:
    """The first application moves to the new place, 10 points better; the third then gets the expert's other offer.

    Steps of 20: that offer is worth 30 points and costs 40 while the expert has the first application, 20 afterwards.
    """
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    round_ = a_round({(1, 1): 6_000, (1, 3): 9_000, (2, 3): 10_000, (3, 2): 3_000}, offers=offers)
    assert report(round_, fairness=0.2).places == (Place(offer_id(3), 1_000 + 1_000),)


def test_an_offer_that_was_full_before_is_valued_too() -> None:
    assert report(a_round({(1, 1): 8_000}, offers=[an_open_offer(1, capacity=0)])).places == (
        Place(offer_id(1), 8_000),
    )


def test_the_next_step_of_the_load_is_taken_off() -> None:
    round_ = a_round({(1, 1): 8_000, (2, 1): 7_000}, offers=[an_open_offer(1, load=1)])
    assert report(round_, fairness=0.1).places == (Place(offer_id(1), 7_000 - 3_000),)


def test_the_most_valuable_are_listed_first() -> None:
    scores = {(given + 10 * other, given): 1_000 * given for given in range(1, 5) for other in range(2)}
    found = report(a_round(scores), listed=2).places
    assert found == (Place(offer_id(4), 4_000), Place(offer_id(3), 3_000))


def test_pinned_proposals_stay_where_they_are() -> None:
    round_ = a_round({(1, 1): 8_000, (1, 2): 3_000, (2, 2): 5_000})
    pins = Adjustments(pins=frozenset({pair(1, 2)}))
    assert report(round_, pins).places == (Place(offer_id(2), 5_000),)


def test_where_experts_share_applications_with_several_proposals_nothing_is_told() -> None:
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    round_ = a_round({(1, 1): 5_000, (1, 2): 6_000}, offers=offers)
    assert report(round_, proposals=2).places is None
    assert report(round_, proposals=1).places == ()
