"""What is said of a benchmark follows from what was measured."""

import json

import pytest

from tests.benchmarks.figures import Figure, alone, compared, in_turns, percentile

RUNS = [(50.0, 100.0), (90.0, 60.0), (8.0, 10.0)]


def a_comparison() -> Figure:
    return compared("streaming.relay", "rows/s", "by hand", RUNS, "higher")


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
    assert "ratio 0.80 (higher is better, 3 runs)" in a_comparison().sentence()


async def test_the_peer_goes_first_in_every_turn() -> None:
    order: list[str] = []

    async def ours() -> int:
        order.append("ours")
        return len(order)

    async def peer() -> int:
        order.append("peer")
        return len(order)

    assert await in_turns(ours, peer, 2) == [(2, 1), (4, 3)]
    assert order == ["peer", "ours", "peer", "ours"]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (0.999, 100), (1.0, 100)])
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == value
