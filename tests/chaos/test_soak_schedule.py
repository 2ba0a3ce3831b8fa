"""The list of faults that a seed makes, and how far the voices may run ahead of it."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.chaos.soak.schedule import LASTING, TARGETS, Fault, Kind, make_schedule
from tests.chaos.soak.voices import AHEAD, Pace

EVENTS = st.integers(100, 2_000_000)
FAULTS = st.integers(0, 60)


@given(EVENTS, FAULTS, st.text())
def test_a_seed_makes_the_same_schedule_again(events: int, faults: int, seed: str) -> None:
    """Breaks when anything but the seed and the two numbers has a say: the time, a hash that differs by process."""
    assert make_schedule(events, faults, seed) == make_schedule(events, faults, seed)


def test_a_seed_makes_the_same_schedule_in_every_process() -> None:
    """Breaks when the recipe changes: seeds that people have noted then mean something else."""
    assert make_schedule(1000, 4, "7") == [
        Fault(545, Kind.COMMIT_LOST, "before-reply"),
        Fault(670, Kind.KILLED, "member-2"),
        Fault(760, Kind.FROZEN, "caller-relay", 3.7),
        Fault(836, Kind.SESSION_ENDED, "relay"),
    ]


def test_another_seed_makes_another_schedule() -> None:
    """Breaks when the seed has no say."""
    assert len({tuple(make_schedule(10_000, 20, str(seed))) for seed in range(50)}) == 50


@given(EVENTS, FAULTS, st.text())
def test_faults_come_in_order_among_the_events_with_targets_that_there_are(events: int, faults: int, seed: str) -> None:
    """Breaks when points are not sorted, when a fault comes before the first or after the last event, or when it is
    done to nobody.
    """
    schedule = make_schedule(events, faults, seed)
    points = [fault.point for fault in schedule]
    assert len(schedule) == faults
    assert points == sorted(points)
    assert all(0 < point < events for point in points)
    for fault in schedule:
        assert fault.target in TARGETS.get(fault.kind, ("",))
        shortest, longest = LASTING.get(fault.kind, (0.0, 0.0))
        assert shortest <= fault.seconds <= longest


@given(EVENTS, st.integers(len(Kind), 60), st.text())
def test_every_kind_comes_and_nobody_leaves_who_has_not_joined(events: int, faults: int, seed: str) -> None:
    """Breaks when a short run leaves a kind out, or when members leave before they join."""
    schedule = make_schedule(events, faults, seed)
    assert set(Counter(fault.kind for fault in schedule)) == set(Kind)
    turns = [fault.kind for fault in schedule if fault.kind in (Kind.JOINED, Kind.LEFT)]
    assert turns[::2] == [Kind.JOINED] * len(turns[::2])
    assert turns[1::2] == [Kind.LEFT] * len(turns[1::2])


@given(st.integers(1, 5000), st.lists(st.integers(0, 6000), max_size=20))
def test_what_is_said_stays_near_the_next_fault_and_ends_at_the_goal(goal: int, points: list[int]) -> None:
    """Breaks when a fast chain has heard everything during one slow fault, or when more or less is said than asked."""
    pace = Pace(goal)
    for pace.point in [*sorted(points), goal]:
        while pace.take(400):
            pass
        assert pace.taken == min(goal, pace.point + AHEAD)
    assert pace.taken == goal
