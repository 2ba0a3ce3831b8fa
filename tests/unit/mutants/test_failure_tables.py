"""The tables of the failure tests say what is there: the 16 failures, and the mutations that were seen to fail."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutants.table import README, ROOT, Mutant, Outdated, mutants, readme_table


def defined_in(path: Path) -> set[str]:
    return {
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def failures() -> Iterator[tuple[int, list[str]]]:
    """The number of each failure in the README, and the tests that it names."""
    for number, tests in re.findall(r"^\| (\d+) \|.*\| (`test_.*`) \|$", README.read_text(), re.MULTILINE):
        yield int(number), re.findall(r"`(test_\w+)`", tests)


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_a_mutation_fits_the_source_of_today_and_names_a_test_that_exists(mutant: Mutant, tmp_path: Path) -> None:
    """Breaks when the source was changed and the mutation not, or when its test was renamed."""
    for _, _, file in mutant.edits:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text((ROOT / file).read_text())
    mutant.apply(tmp_path)
    for _, _, file in mutant.edits:
        ast.parse((tmp_path / file).read_text())
    assert mutant.test_name in defined_in(ROOT / mutant.test.partition("::")[0])
    assert bool(mutant.says) != bool(mutant.harmless)


def test_a_mutation_of_text_that_is_gone_is_told(tmp_path: Path) -> None:
    """Breaks when a mutation that changes nothing any more counts as tried."""
    (tmp_path / "room.py").write_text("one = 1\none = 1\n")
    for old in ("two = 2", "one = 1"):
        with pytest.raises(Outdated, match="not once"):
            Mutant("m", "what", [(old, "", "room.py")], "t::t", says="s").apply(tmp_path)


def test_the_table_of_mutations_is_the_one_of_the_data() -> None:
    """Breaks when a row is changed by hand; `python -m tests.mutants --table` writes it."""
    assert readme_table() in README.read_text()


def test_each_of_the_16_failures_has_tests_that_exist() -> None:
    """Breaks when a failure is without a test, or when its test was renamed."""
    there = set().union(*(defined_in(path) for path in (ROOT / "tests").rglob("test_*.py")))
    named = dict(failures())
    assert list(named) == list(range(1, 17))
    assert not {test for tests in named.values() for test in tests} - there
    assert all(named.values())
