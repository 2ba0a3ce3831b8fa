"""A mutation counts as noticed only if its test failed by an assertion, and with the words that are written down."""

import xml.etree.ElementTree as ET

import pytest

from tests.mutants.__main__ import judge
from tests.mutants.table import Mutant

NOTICED = Mutant("m", "what", [], "t::t", says="rows are missing")
HARMLESS = Mutant("m", "what", [], "t::t", harmless="another guard")
GROUP = "ExceptionGroup: unhandled errors"


def case(kind: str = "", message: str = "", text: str = "") -> ET.Element:
    """A test's case as pytest reports it."""
    element = ET.Element("testcase")
    if kind:
        ET.SubElement(element, kind, message=message).text = text
    return element


@pytest.mark.parametrize(
    ("mutant", "outcome", "wrong"),
    [
        (NOTICED, case("failure", "AssertionError: 2 rows are missing"), ""),
        (NOTICED, case("failure", GROUP, "    | AssertionError: 2 rows are missing"), ""),
        (NOTICED, case(), "SURVIVED"),
        (NOTICED, case("failure", "AssertionError: the clock is wrong"), "something else"),
        (NOTICED, case("failure", "ImportError: rows are missing", "    assert rows"), "not by an assertion"),
        (NOTICED, case("failure", GROUP, "    assert rows\n    | KeyError: rows are missing"), "not by an assertion"),
        (NOTICED, case("error", "no server"), "could not run"),
        (NOTICED, None, "did not run"),
        (HARMLESS, case(), ""),
        (HARMLESS, case("failure", "AssertionError: 2 rows are missing"), "not harmless"),
    ],
)
def test_an_outcome_is_judged_by_what_was_written_down(mutant: Mutant, outcome: ET.Element | None, wrong: str) -> None:
    """Breaks when an import error, or any other failure than the one meant, counts as noticed."""
    said = judge(mutant, outcome)
    assert wrong in said
    assert bool(said) == bool(wrong)
