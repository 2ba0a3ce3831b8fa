"""While CONNECT runs: tell the terminal what dies and what comes back."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from deploy.embedded.layout import Home
from deploy.supervision.console import Console
from deploy.supervision.supervisor import Child, Supervisor, supervisor_log

LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True)
class Change:
    """A process came up, with its number, or went away."""

    name: str
    process: int | None = None


async def watch(home: Home, console: Console) -> None:
    """Look until cancelled. Raises SupervisorGone if the supervisor itself ends."""
    observer = Observer()
    while True:
        for change in observer.see(Supervisor(home).children()):
            console.report(_told(home, change))
        await asyncio.sleep(LOOK_EVERY_SECONDS)


def _told(home: Home, change: Change) -> str:
    if change.process:
        return f"{change.name} runs again (process {change.process})"
    how = how_it_ended(home, change.name)
    return f"{change.name} ended ({how}) and is started again: see {home.logs}/{change.name}.log"


def how_it_ended(home: Home, name: str) -> str:
    """The last exit of a process in the supervisor's log. Its answers keep no signal, and no code after a restart."""
    lines = supervisor_log(home).read_text(errors="replace").splitlines()
    mark = f"exited: {name} ("
    last = next((line for line in reversed(lines) if mark in line), f"{mark}for an unknown reason;")
    return last.partition(mark)[2].partition(";")[0]


@dataclass
class Observer:
    """Compares what the supervisor says now with what it said before."""

    before: dict[str, Child] = field(default_factory=dict)

    def see(self, children: list[Child]) -> list[Change]:
        """What has changed since the last look. A process that died and was replaced in between is two changes."""
        changes = [change for child in children for change in self._changes(child)]
        self.before = {child.name: child for child in children}
        return changes

    def _changes(self, child: Child) -> Iterator[Change]:
        old = self.before.get(child.name, child)
        if old.is_running and (not child.is_running or child.pid != old.pid):
            yield Change(child.name)
        if child.is_running and child.pid != old.pid:
            yield Change(child.name, child.pid)
