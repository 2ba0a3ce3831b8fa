"""A pytest plugin: where CI=true, a skipped test fails the run, since what was not tried was not shown to work."""

import os

import pytest

_skipped: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Remember what was skipped; with several workers the reports of all arrive here."""
    if report.skipped and not hasattr(report, "wasxfail"):
        _skipped.append(report.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a good end into a bad one."""
    if os.environ.get("CI") == "true" and _skipped and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which, and why the run fails."""
    if os.environ.get("CI") == "true" and _skipped:
        terminalreporter.section("CI refuses skipped tests")
        for nodeid in _skipped:
            terminalreporter.line(nodeid)
