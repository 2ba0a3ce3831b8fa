"""Measures CONNECT: `python -m tests.benchmarks [--only GROUP] [--json]`.

Each benchmark prints one line of JSON as soon as it is known; the first line describes the machine, the last ones say
which figures are what the project demands. What is going on is told on standard error.
"""

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from shared.hosting.garbage import collect_rarely
from shared.telemetry.logging import configure_logging
from shared.telemetry.tracing import configure_tracing
from tests.benchmarks import machine, memory
from tests.benchmarks.figures import Figure, TrialError
from tests.benchmarks.floors import summary
from tests.benchmarks.journey import group as journey
from tests.benchmarks.matching import group as matching
from tests.benchmarks.streaming import group as streaming

Report = Callable[[Figure], None]
Tell = Callable[[str], None]
GROUPS: dict[str, Callable[[Report, Tell], None]] = {
    "streaming": streaming.measure,
    "journey": journey.measure,
    "matching": matching.measure,
    "memory": memory.measure,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the groups that are asked for, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measures CONNECT.")
    parser.add_argument("--only", choices=GROUPS, action="append", help="one group; may be repeated")
    parser.add_argument("--json", action="store_true", help="lines of JSON and nothing else")
    options = parser.parse_args(arguments)
    _as_in_a_service()
    found = machine.description()
    _write(sys.stdout, json.dumps({"machine": found}))
    if warning := machine.warning(found):
        _write(sys.stderr, warning)
    figures: list[Figure] = []
    told = _Told(json_only=options.json, figures=figures)
    try:
        for name in options.only or GROUPS:
            GROUPS[name](told.report, told.tell)
    except TrialError as error:
        told.tell(f"given up: {error}")
        sys.exit(1)
    except KeyboardInterrupt:
        told.tell("stopped; the servers are gone")
        sys.exit(130)
    if not options.json:
        _write(sys.stdout, summary(figures))
    told.tell("done")


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said so far."""

    json_only: bool
    figures: list[Figure]
    started: float = field(default_factory=time.monotonic)

    def report(self, figure: Figure) -> None:
        self.figures.append(figure)
        _write(sys.stdout, figure.line())
        if not self.json_only:
            _write(sys.stdout, f"  {figure.sentence()}")

    def tell(self, what: str) -> None:
        _write(sys.stderr, f"[{time.monotonic() - self.started:4.0f} s] {what}")


def _write(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


def _as_in_a_service() -> None:
    """Logs, traces and memory cost what they cost in a service; only, lines go where they don't mix with figures."""
    with contextlib.redirect_stdout(sys.stderr):
        configure_logging("matching", "benchmark", "warning")
    configure_tracing("matching")
    collect_rarely()


if __name__ == "__main__":
    main()
