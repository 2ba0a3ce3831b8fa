"""The report says what a round is worth, to whom, and why somebody got nothing."""

from hypothesis import given, settings

from services.matching.engine.rounds.results import Coverage, Exposure, Report, Rival, Share, Unserved, Why
from services.matching.engine.rounds.solve import Stage, solve_round
from services.matching.engine.rounds.values import Adjustments, Options, Round
from tests.builders.rounds import a_round, an_open_application, an_open_offer, application_id, offer_id, pair
from tests.unit.matching.rounds.instances import options, rounds


def report(round_: Round, adjustments: Adjustments | None = None, **chosen: float) -> Report:
    return solve_round(round_, Options(**chosen), adjustments).report


def test_groups_are_counted_on_both_sides() -> None:
    round_ = a_round(
        {(1, 1): 5_000, (2, 2): 6_000, (3, 3): 7_000, (4, 3): 1_000},
        applications=[
            an_open_application(1, first_timer=True),
            an_open_application(3, south=False),
            an_open_application(4, first_timer=True),
        ],
        offers=[an_open_offer(1, south=True, first_timer=True), an_open_offer(3, south=True)],
    )
    found = report(round_).measures
    assert found.utility == 18_000
    assert found.served == Share(3, 4)
    assert found.experts == Share(3, 3)
    assert found.south_south == Share(1, 3)
    assert found.first_timers == Share(1, 2)
    assert found.new_experts == Share(1, 1)
    assert found.served.share == 0.75


def test_a_share_of_nothing_is_none() -> None:
    assert report(a_round({(1, 1): 5_000})).measures.first_timers.share is None


def test_the_load_before_the_round_counts_for_the_gini() -> None:
    round_ = a_round({(1, 1): 5_000, (1, 2): 6_000}, offers=[an_open_offer(1, load=1)])
    assert report(round_).measures.gini == 0.0
    assert report(round_, Adjustments(pins=frozenset({pair(1, 1)}))).measures.gini == 0.5


def test_experts_out_of_reach_are_not_counted() -> None:
    """Without a place, without a pairing that is allowed, without any pairing."""
    scores = {(1, 1): 5_000, (1, 2): 6_000, (1, 3): 7_000}
    round_ = a_round(scores, offers=[an_open_offer(2, capacity=0), an_open_offer(4)])
    bans = Adjustments(bans=frozenset({pair(1, 3)}))
    assert report(round_, bans).measures.experts == Share(1, 1)


def test_an_expert_with_two_offers_is_counted_once() -> None:
    offers = [an_open_offer(1, expert=1), an_open_offer(2, expert=1)]
    found = report(a_round({(1, 1): 5_000, (2, 2): 6_000}, offers=offers)).measures
    assert found.experts == Share(1, 1)
    assert found.served == Share(2, 2)


def test_exposure_compares_proposals_per_expert() -> None:
    """Four proposals on four experts within reach; the two of the South have three of them."""
    scores = {(1, 1): 5_000, (2, 1): 5_000, (3, 2): 5_000, (4, 3): 5_000, (4, 4): 10}
    offers = [an_open_offer(1, capacity=2, south=True), an_open_offer(2, south=True, first_timer=True)]
    assert report(a_round(scores, offers=offers)).exposure == (
        Exposure("south", 2, 3, 1.5),
        Exposure("north", 2, 1, 0.5),
        Exposure("first-timers", 1, 1, 1.0),
        Exposure("experienced", 3, 3, 1.0),
    )


def test_exposure_of_nobody_has_no_ratio() -> None:
    full = a_round({(1, 1): 5_000}, offers=[an_open_offer(1, capacity=0)])
    assert {one.ratio for one in report(full).exposure} == {None}


def test_countries_are_told_by_code() -> None:
    applications = [an_open_application(1, country="KH"), an_open_application(3, country="CO")]
    round_ = a_round({(1, 1): 5_000, (2, 1): 6_000, (3, 2): 1_000}, applications=applications)
    assert report(round_).coverage == (
        Coverage("CO", Share(1, 1)),
        Coverage("GH", Share(1, 1)),
        Coverage("KH", Share(0, 1)),
    )


def test_who_has_no_candidate_is_told_so() -> None:
    round_ = a_round({(1, 1): 5_000}, applications=[an_open_application(2)])
    assert report(round_).unserved == (Unserved(application_id(2), Why.NO_CANDIDATE, ()),)


def test_whose_candidates_were_banned_is_told_so() -> None:
    bans = Adjustments(bans=frozenset({pair(2, 1)}))
    found = report(a_round({(1, 1): 5_000, (2, 1): 6_000}), bans)
    assert found.unserved == (Unserved(application_id(2), Why.BANNED, ()),)


def test_whose_places_went_to_others_is_told_who_has_them() -> None:
    scores = {(1, 1): 9_000, (2, 1): 9_000, (3, 1): 8_000, (3, 2): 8_500, (4, 2): 9_000, (3, 3): 8_100}
    offers = [an_open_offer(1, capacity=2), an_open_offer(3, capacity=0)]
    assert report(a_round(scores, offers=offers)).unserved == (
        Unserved(
            application_id(3),
            Why.TAKEN,
            (
                Rival(offer_id(2), 8_500, (application_id(4),)),
                Rival(offer_id(3), 8_100, ()),
                Rival(offer_id(1), 8_000, (application_id(1), application_id(2))),
            ),
        ),
    )


def test_of_many_candidates_the_best_three_are_told() -> None:
    round_ = a_round(
        {(1, given): 5_000 + given for given in range(6)}, offers=[an_open_offer(n, capacity=0) for n in range(6)]
    )
    assert [one.offer_id for one in report(round_).unserved[0].rivals] == [offer_id(5), offer_id(4), offer_id(3)]


def test_who_is_left_out_for_the_load_of_an_expert_is_told_so() -> None:
    round_ = a_round({(1, 1): 5_000}, offers=[an_open_offer(1, load=3)])
    found = report(round_, fairness=0.2).unserved
    assert found == (Unserved(application_id(1), Why.LOAD, (Rival(offer_id(1), 5_000, ()),)),)


def test_a_single_place_that_is_left_makes_the_load_the_reason() -> None:
    scores = {(1, 1): 9_000, (2, 1): 6_000, (2, 2): 5_000}
    found = report(a_round(scores, offers=[an_open_offer(2, load=3)]), fairness=0.2).unserved
    assert [(one.application_id, one.why) for one in found] == [(application_id(2), Why.LOAD)]


def test_of_many_without_anything_the_first_are_listed_and_all_counted() -> None:
    found = report(a_round({(number, 1): 9_000 - number for number in range(5)}), listed=2)
    assert [one.application_id for one in found.unserved] == [application_id(1), application_id(2)]
    assert found.measures.served == Share(1, 5)


@settings(max_examples=150)
@given(rounds(most=5), options())
def test_every_application_is_either_served_or_told_why_not(round_: Round, chosen: Options) -> None:
    result = solve_round(round_, chosen)
    served = {one.application_id for one in result.assignments}
    left = [one.application_id for one in result.report.unserved]
    assert served | set(left) == {one.application_id for one in round_.applications}
    assert served.isdisjoint(left)
    assert len(left) == len(set(left))
    assert chosen.step or all(one.why is not Why.LOAD for one in result.report.unserved)
    assert sum(one.served.count for one in result.report.coverage) == len(served)


def test_progress_is_told_in_order_and_can_stop_the_work() -> None:
    told: list[Stage] = []
    solve_round(a_round({(1, 1): 5_000}), progress=told.append)
    assert told == list(Stage)
