"""What the person at the terminal sees while CONNECT starts, runs and stops."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TextIO

NAME_WIDTH = 20
TEXT_WIDTH = 34


@dataclass
class Console:
    """Prints a line per finished step, with its seconds; on a terminal also what is still under way."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    under_way: list[str] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, done: str) -> Iterator[None]:
        """One step; `done` is what its line says when it ends well."""
        begun = time.monotonic()
        self.under_way.append(name)
        self._show()
        try:
            yield
        finally:
            self.under_way.remove(name)
            self._show()
        self.done(name, done, begun)

    def done(self, name: str, text: str, begun: float) -> None:
        """The line of a step that ended well; `begun` is a reading of time.monotonic."""
        self.say(f"  {name:<{NAME_WIDTH}}{text:<{TEXT_WIDTH}}{time.monotonic() - begun:5.1f} s")

    def say(self, line: str) -> None:
        """One line."""
        self._clear()
        self._write(f"{line}\n")
        self._show()

    def report(self, line: str) -> None:
        """One line with the time of day: something happened while CONNECT ran."""
        self.say(f"{datetime.now().astimezone():%H:%M:%S}  {line}")

    def _show(self) -> None:
        self._clear()
        if self.under_way and self.out.isatty():
            self._write(f"  … {', '.join(self.under_way)}"[:100])

    def _clear(self) -> None:
        if self.out.isatty():
            self._write("\r\033[K")

    def _write(self, text: str) -> None:
        try:
            self.out.write(text)
            self.out.flush()
        except OSError:  # the terminal is gone; what runs must still be stopped in order
            return
