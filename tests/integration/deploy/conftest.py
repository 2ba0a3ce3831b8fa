"""Whole copies of CONNECT."""

from collections.abc import Callable, Iterator

import pytest

from deploy.supervision.testing import RunningCopy

MakeCopy = Callable[..., RunningCopy]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningCopy]:
    """A copy that runs, without demo data, for the tests of one module."""
    copy = RunningCopy("--no-demo")
    try:
        copy.start()
        yield copy
    finally:
        copy.stop()


@pytest.fixture
def make_copy() -> Iterator[MakeCopy]:
    """Copies for one test, not started yet; what still runs of them is stopped afterwards."""
    made: list[RunningCopy] = []

    def make(*arguments: str, **settings: str) -> RunningCopy:
        made.append(RunningCopy(*arguments, **settings))
        return made[-1]

    yield make
    for copy in made:
        copy.stop()
