"""Sees each mutation noticed: a copy of the tree, one edit, the test that must fail.

python -m tests.mutants [name ...] [--table]

Prints what comes out as it comes, then a table. Ends with 1 if a mutation survived, if a test failed for another reason
than the one that is written down, or if a mutation does not fit the source any more. `--table` writes the README's.
"""

import argparse
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from pathlib import Path

from tests.mutants.table import ROOT, Mutant, Outdated, mutants, write_readme

LIMIT_SECONDS = 420
# How pytest's word on a failed assertion begins, or on a `raises` that nothing answered. Any other error, such as that
# of an import, is no proof.
ASSERTED = ("AssertionError", "assert ", "Failed: DID NOT RAISE")
IN_A_GROUP = "| AssertionError"


def main() -> int:
    """Run the mutations that were asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these")
    parser.add_argument("--table", action="store_true", help="write the table in tests/chaos/README.md and end")
    arguments = parser.parse_args()
    if arguments.table:
        write_readme()
        return 0
    wanted = [mutant for mutant in mutants() if not arguments.names or mutant.name in arguments.names]
    if unknown := set(arguments.names) - {mutant.name for mutant in wanted}:
        sys.exit(f"no such mutation: {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exit ends the test that runs; a death would leave it
    verdicts = []
    for number, mutant in enumerate(wanted, 1):
        began = time.monotonic()
        wrong = verdict(mutant)
        verdicts.append((mutant, wrong))
        seconds = time.monotonic() - began
        say(f"{number}/{len(wanted)} {mutant.name}: {wrong or good(mutant)} ({seconds:.0f} s)")
    return report(verdicts)


def good(mutant: Mutant) -> str:
    """What is said of a mutation that went as it is written down."""
    return "harmless alone, as expected" if mutant.harmless else "noticed"


def verdict(mutant: Mutant) -> str:
    """Try one mutation; returns what is wrong with the outcome, or nothing."""
    with tempfile.TemporaryDirectory(prefix="connect-mutant-") as name:
        copy = Path(name)
        copy_tracked_files(copy)
        try:
            mutant.apply(copy)
        except Outdated as error:
            return str(error)
        case = run_test(copy, mutant.test)
        if case is not None and case.find("error") is not None:
            case = run_test(copy, mutant.test)  # servers that did not start, on a busy machine
        return judge(mutant, case)


def copy_tracked_files(to: Path) -> None:
    """The files that git knows, as they are in the working tree, and what `make setup` has built of them."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, to / name)


def run_test(copy: Path, test: str) -> ET.Element | None:
    """The test's case in pytest's report; None if it did not come to that."""
    report_file = copy / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report_file}", test]
    try:
        subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    if not report_file.is_file():
        return None
    return ET.parse(report_file).getroot().find(".//testcase")  # noqa: S314  pytest has written it this moment


def judge(mutant: Mutant, case: ET.Element | None) -> str:
    """What is wrong with this outcome, or nothing."""
    if case is None:
        return "the test did not run to its end"
    if (error := case.find("error")) is not None:
        return f"the test could not run: {first_line(error)}"
    failure = case.find("failure")
    if failure is None:
        return "" if mutant.harmless else "SURVIVED: the test passed"
    if mutant.harmless:
        return f"not harmless: {first_line(failure)}"
    text = f"{failure.get('message')}\n{failure.text}"
    if not text.startswith(ASSERTED) and IN_A_GROUP not in text:
        return f"the test failed, but not by an assertion: {first_line(failure)}"
    return "" if mutant.says in text else f"the test said something else: {first_line(failure)}"


def first_line(element: ET.Element) -> str:
    """The beginning of what pytest says, for one line of ours."""
    return " / ".join((element.get("message") or "").splitlines())[:300]


def report(verdicts: list[tuple[Mutant, str]]) -> int:
    """The final table; 1 if anything is wrong."""
    width = max((len(mutant.name) for mutant, _ in verdicts), default=0)
    say("")
    for mutant, wrong in verdicts:
        say(f"{mutant.name:{width}}  {'WRONG' if wrong else 'ok   '}  {wrong or good(mutant)}")
    bad = sum(bool(wrong) for _, wrong in verdicts)
    say(f"{len(verdicts)} mutations, {len(verdicts) - bad} as expected, {bad} not")
    return 1 if bad else 0


def say(line: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
