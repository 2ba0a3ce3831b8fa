"""What is said of a benchmark follows from what was measured."""

import json

import pytest

from tests.benchmarks.figures import Better, Figure, alone, compared, in_turns, percentile
from tests.benchmarks.floors import summary

RUNS = [(50.0, 100.0), (90.0, 60.0), (8.0, 10.0)]


def a_comparison(*, floor: float | None = None, better: Better = "higher") -> Figure:
    return compared("streaming.relay", "rows/s", "by hand", RUNS, better, floor=floor)


def test_a_ratio_is_the_median_of_the_turns_ratios() -> None:
    assert a_comparison().ratio == 0.8  # of 0.5, 1.5 and 0.8, where the medians of both sides would give 50 / 60


def test_a_line_tells_every_turn() -> None:
    line = json.loads(a_comparison().line())
    assert (line["value"], line["peer_value"]) == (50.0, 60.0)
    assert line["runs"] == [list(run) for run in RUNS]


def test_a_figure_without_a_peer_has_no_ratio() -> None:
    figure = alone("memory.kafka", "MB", [180.0, 190.0], "lower")
    assert (figure.value, figure.ratio) == (185.0, None)
    assert "ratio" not in figure.sentence()


def test_a_sentence_says_which_way_is_better() -> None:
    assert "ratio 0.800 (higher is better, 3 turns, half of them 0.650 to 1.15)" in a_comparison().sentence()


def test_the_spread_is_that_of_the_ratios_or_of_the_values_without_a_peer() -> None:
    """Breaks when the spread is that of our values: on a busy machine they differ where the ratios hold."""
    assert a_comparison().spread == (0.65, 1.15)
    assert alone("memory.kafka", "MB", [180.0, 190.0, 200.0], "lower").spread == (185.0, 195.0)
    assert alone("memory.kafka", "MB", [180.0], "lower").spread == (180.0, 180.0)


@pytest.mark.parametrize(
    ("better", "floor", "met"),
    [
        ("higher", 0.8, True),
        ("higher", 0.81, False),
        ("lower", 0.8, True),
        ("lower", 0.79, False),
        ("higher", None, None),
    ],
)
def test_a_floor_is_a_least_ratio_or_a_greatest_one(better: Better, floor: float | None, met: bool | None) -> None:
    """Breaks when a time that must stay below its limit is judged like a pace that must stay above."""
    figure = a_comparison(floor=floor, better=better)
    assert figure.met is met
    line = json.loads(figure.line())
    assert (line["floor"], line["met"]) == (floor, met)


def test_a_sentence_says_what_is_demanded_and_whether_it_is_met() -> None:
    assert a_comparison(floor=0.9).sentence().endswith("at least 0.9 is demanded: NOT MET")
    assert a_comparison(floor=0.9, better="lower").sentence().endswith("at most 0.9 is demanded: met")
    assert "demanded" not in a_comparison().sentence()


def test_the_summary_has_the_figures_of_which_something_is_demanded() -> None:
    """Breaks when a floor that was missed is left out, or one without a floor takes its place."""
    figures = [a_comparison(floor=0.5), a_comparison(), a_comparison(floor=0.9)]
    title, met, missed = summary(figures).splitlines()
    assert title == "floors:"
    assert met.split() == ["streaming.relay", "0.800", "at", "least", "0.5", "met"]
    assert missed.split()[-2:] == ["not", "met"]
    assert summary([a_comparison()]) == ""


async def test_the_two_sides_take_turns_in_going_first_and_the_first_turn_does_not_count() -> None:
    """Breaks when one side always goes first: whatever grows during a turn would then fall on the other."""
    order: list[str] = []

    async def ours() -> int:
        order.append("ours")
        return len(order)

    async def peer() -> int:
        order.append("peer")
        return len(order)

    assert await in_turns(ours, peer, 2) == [(3, 4), (6, 5)]
    assert order == ["peer", "ours", "ours", "peer", "peer", "ours"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value
