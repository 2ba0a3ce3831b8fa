"""Steps are counted from one event of a case to the next, and a late event mends what was counted over its head."""

import random
from collections import defaultdict
from datetime import timedelta
from uuid import UUID

import pytest

from services.monitor.rules.steps import KEPT, Durations, Footprint, Trail, one, walk
from tests.builders.monitor import BEGINNING

Counted = dict[tuple[str, str], Durations]


def footprint(number: int, name: str | None = None) -> Footprint:
    """An event; number 3 happens 9 seconds after number 0, so every pair takes its own time."""
    return Footprint(BEGINNING + timedelta(seconds=number**2), UUID(int=number), name or f"E{number}")


def counted(events: list[Footprint]) -> Counted:
    trail: Trail = ()
    steps: Counted = defaultdict(Durations)
    for event in events:
        walked = walk(trail, event)
        trail = walked.trail
        for step in walked.undone:
            steps[step.pair] -= step.took
        for step in walked.done:
            steps[step.pair] += step.took
    return {pair: took for pair, took in steps.items() if took.steps}


def test_a_step_is_counted_between_consecutive_events() -> None:
    assert counted([footprint(0), footprint(1), footprint(3)]) == {("E0", "E1"): one(1.0), ("E1", "E3"): one(8.0)}


def test_the_first_event_of_a_case_completes_no_step() -> None:
    assert counted([footprint(0)]) == {}


def test_an_event_that_comes_twice_is_counted_once() -> None:
    assert counted([footprint(0), footprint(1), footprint(0), footprint(1)]) == {("E0", "E1"): one(1.0)}


@pytest.mark.parametrize("seed", range(30))
def test_the_order_of_arrival_makes_no_difference(seed: int) -> None:
    events = [footprint(number) for number in range(KEPT)]
    shuffled = random.Random(seed).sample(events, len(events))
    assert counted(shuffled) == counted(events)


def test_of_a_long_case_only_the_latest_events_are_remembered() -> None:
    trail: Trail = ()
    for number in range(50):
        trail = walk(trail, footprint(number)).trail
    assert [event.name for event in trail] == [f"E{number}" for number in range(50 - KEPT, 50)]


def test_an_event_from_before_what_is_remembered_is_passed_over() -> None:
    trail = tuple(footprint(number) for number in range(10, 10 + KEPT))
    walked = walk(trail, footprint(1))
    assert (walked.trail, walked.done, walked.undone) == (trail, (), ())


def test_events_of_one_transaction_are_no_time_apart() -> None:
    together = [Footprint(BEGINNING, UUID(int=number), name) for number, name in enumerate("AB")]
    assert counted(together) == {("A", "B"): one(0.0)}


def test_durations_add_up_and_can_be_taken_back() -> None:
    both = one(5.0) + one(600.0)
    assert (both.steps, both.seconds, both.mean) == (2, 605.0, 302.5)
    assert both - one(600.0) == one(5.0)
    assert both - one(600.0) - one(5.0) == Durations()


@pytest.mark.parametrize(("seconds", "bound"), [(0.0, 1.0), (1.0, 1.0), (1.1, 10.0), (3601.0, 21_600.0), (9e9, None)])
def test_a_duration_falls_into_the_class_up_to_its_bound(seconds: float, bound: float | None) -> None:
    assert one(seconds).within(0.9) == bound


def test_nine_in_ten_leaves_out_the_slowest_tenth() -> None:
    fast = sum((one(0.5) for _ in range(9)), Durations())
    assert (fast + one(9e9)).within(0.9) == 1.0
    assert (fast + one(9e9) + one(9e9)).within(0.9) is None


def test_no_steps_have_no_length() -> None:
    assert Durations().mean == 0.0
    assert Durations().within(0.9) is None
