"""What a run that failed says of itself: the line, the sentences and the exit code."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from tests.chaos.checker import judge
from tests.chaos.evidence import Evidence
from tests.chaos.soak.__main__ import main
from tests.chaos.soak.result import Result
from tests.chaos.test_checker import REASONS, a_good_day


def a_result(evidence: Evidence, *, cut_short: bool = False, troubles: Sequence[str] = ()) -> Result:
    verdict = judge(evidence, REASONS)
    return Result(
        seed="7",
        events=9,
        wanted_faults=5,
        seconds=61.4,
        counts=verdict.counts,
        faults={"frozen": 1, "killed": 3},
        cut_short=cut_short,
        violations=verdict.violations,
        troubles=troubles,
    )


def test_a_run_that_holds_ends_with_0_and_one_line_of_counts() -> None:
    """Breaks when the line names other counts than the checker's, or has a second line."""
    result = a_result(a_good_day())
    assert (result.exit_code, result.reasons()) == (0, [])
    assert result.line() == (
        "the invariant holds: in 6 (9 messages), inbox 8, state 5, out 5 (6 messages), dead letters 3, in outboxes 0; "
        "4 faults (frozen 1, killed 3); seed 7, 61 s"
    )


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda day: {"claimed": day.claimed[1:]}, "the invariant is broken: 1 events are missing in the inbox"),
        (
            lambda day: {"heard": [*day.heard, day.heard[0]]},
            "the invariant is broken: 1 events have more than one state",
        ),
        (lambda _: {"waiting_in_outboxes": 3}, "the invariant is broken: the outboxes are not empty: 3 rows wait"),
    ],
    ids=["lost", "doubled", "stuck"],
)
def test_a_broken_invariant_ends_with_1_and_says_what_is_broken(
    damage: Callable[[Evidence], dict[str, object]], sentence: str
) -> None:
    """Breaks when a violation is told and the exit code is 0 all the same, or the other way round."""
    day = a_good_day()
    result = a_result(replace(day, **damage(day)))  # type: ignore[arg-type]
    assert result.exit_code == 1
    assert result.line().startswith("FAILED: in 6 (9 messages)")
    assert any(reason.startswith(sentence) for reason in result.reasons())
    assert json.loads(result.json())["holds"] is False


def test_a_run_in_trouble_fails_though_the_invariant_holds() -> None:
    """Breaks when a run that did not come to rest, or whose process ended by itself, counts as proof."""
    result = a_result(a_good_day(), troubles=["the relay ended by itself with 1"])
    assert result.exit_code == 1
    assert "the relay ended by itself with 1" in result.reasons()


def test_a_run_that_its_limit_cut_short_says_so_and_is_judged_all_the_same() -> None:
    """Breaks when a run that did only part of its faults looks like a whole one."""
    result = a_result(a_good_day(), cut_short=True)
    assert result.exit_code == 0
    assert any("after 4 of 5 faults" in reason for reason in result.reasons())


def test_the_schedule_of_a_seed_is_printed_without_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when one can't look at what a seed does before one spends an hour on it."""
    assert main(["--events", "1000", "--kills", "4", "--seed", "7", "--schedule"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize("wrong", [["--events", "9"], ["--kills", "-1"], ["--minutes", "soon"]])
def test_a_wrong_number_is_refused_before_anything_starts(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Breaks when servers are started for a run that can't be done."""
    with pytest.raises(SystemExit) as refused:
        main(wrong)
    assert refused.value.code == 2
    assert wrong[0] in capsys.readouterr().err
