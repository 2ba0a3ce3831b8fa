"""Log lines as values: a configured logger whose output a test reads, undone afterwards."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest
import structlog

from shared.telemetry import logging as telemetry_logging
from shared.telemetry import tracing


class Log:
    """What a process would write to its standard output."""

    def __init__(self) -> None:
        self._out = io.StringIO()

    def configure(self, service: str, role: str, level: str) -> None:
        """`configure_logging` with this as the standard output."""
        with redirect_stdout(self._out):
            telemetry_logging.configure_logging(service, role, level)

    def lines(self) -> list[dict[str, Any]]:
        """Every line so far, each parsed as JSON."""
        return [json.loads(line) for line in self._out.getvalue().splitlines()]


@pytest.fixture
def output() -> Iterator[Log]:
    """Logging as the HTTP role of intake configures it, at level info."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers, root.level, sys.excepthook
    log = Log()
    log.configure("intake", "http", "info")
    yield log
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def traced() -> Iterator[None]:
    """Spans have ids inside the test."""
    before = tracing._tracer
    tracing.configure_tracing("intake")
    yield
    tracing._tracer = before
