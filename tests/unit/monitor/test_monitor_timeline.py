"""The events of a case are one line: by time, but never against the sequence of an aggregate."""

from datetime import timedelta

from services.monitor.rules.timeline import Seen, in_order, seconds_since_first
from shared.primitives.ids import new_id
from tests.builders.monitor import BEGINNING


def seen(aggregate: str, sequence: int, second: float, topic: str = "intake.applications") -> Seen:
    time = BEGINNING + timedelta(seconds=second)
    return Seen(new_id(), None, "intake", "connect.intake.X.v1", topic, aggregate, sequence, time, time)


def places(line: list[Seen]) -> list[tuple[str, int]]:
    return [(event.aggregate, event.sequence) for event in line]


def test_events_of_different_aggregates_come_by_their_time() -> None:
    line = in_order([seen("b", 1, 5), seen("a", 2, 9), seen("a", 1, 1), seen("b", 2, 7)])
    assert places(line) == [("a", 1), ("b", 1), ("b", 2), ("a", 2)]


def test_a_clock_that_went_back_does_not_turn_an_aggregate_around() -> None:
    line = in_order([seen("a", 2, 1), seen("a", 1, 10), seen("b", 1, 5)])
    assert places(line) == [("b", 1), ("a", 1), ("a", 2)]


def test_the_same_id_in_two_topics_is_two_aggregates() -> None:
    line = in_order([seen("a", 1, 3, "matching.searches"), seen("a", 2, 2), seen("a", 1, 1)])
    assert [(event.topic, event.sequence) for event in line] == [
        ("intake.applications", 1),
        ("intake.applications", 2),
        ("matching.searches", 1),
    ]


def test_events_of_one_moment_keep_the_order_of_their_making() -> None:
    first, second = seen("a", 1, 1), seen("b", 1, 1)
    assert in_order([second, first]) == [first, second]


def test_seconds_count_from_the_first_event() -> None:
    line = in_order([seen("a", 1, 10), seen("b", 1, 12.5), seen("a", 2, 70)])
    assert seconds_since_first(line) == [0.0, 2.5, 60.0]


def test_an_event_before_the_first_one_by_its_clock_is_shown_as_such() -> None:
    line = in_order([seen("a", 1, 10), seen("a", 2, 8)])
    assert seconds_since_first(line) == [0.0, -2.0]


def test_no_events_are_no_line() -> None:
    assert in_order([]) == []
    assert seconds_since_first([]) == []


def test_the_name_of_an_event_is_its_type_without_service_and_version() -> None:
    assert seen("a", 1, 0).name == "X"
