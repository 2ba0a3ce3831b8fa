"""The whole of CONNECT for tests that need it; see `services.py` for what can be done with it."""

import sys
from collections.abc import Iterator

import pytest

from tests.e2e.services import RunningServices


@pytest.fixture(scope="session")
def running_services(request: pytest.FixtureRequest) -> Iterator[RunningServices]:
    """Started when the first test asks for them, and shared: whoever harms a service puts it right again.

    A module that uses them is marked `xdist_group("running services")`, so that they are started in one process only.
    If a test of the session fails, the logs are kept.
    """
    with RunningServices.started() as services:
        yield services
        if request.session.testsfailed:
            sys.stderr.write(f"\nThe logs of the running services are kept in {services.keep_logs()}\n")
