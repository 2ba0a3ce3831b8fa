"""While CONNECT runs: tell the terminal what dies and what comes back."""

import asyncio
from dataclasses import dataclass, field

from deploy.embedded.layout import Home
from deploy.supervision.console import Console
from deploy.supervision.supervisor import Child, Supervisor

LOOK_EVERY_SECONDS = 0.5


async def watch(home: Home, console: Console) -> None:
    """Look until cancelled. Raises SupervisorGone if the supervisor itself ends."""
    observer = Observer()
    while True:
        for line in observer.see(Supervisor(home).children()):
            console.report(f"{line} (log: {home.logs})")
        await asyncio.sleep(LOOK_EVERY_SECONDS)


@dataclass
class Observer:
    """Turns what the supervisor says now and said before into sentences."""

    before: dict[str, Child] = field(default_factory=dict)

    def see(self, children: list[Child]) -> list[str]:
        """What has changed since the last look."""
        lines = [line for child in children for line in self._changes(child)]
        self.before = {child.name: child for child in children}
        return lines

    def _changes(self, child: Child) -> list[str]:
        old = self.before.get(child.name)
        if old is None:
            return []
        lines = []
        died = old.is_running and (not child.is_running or child.pid != old.pid)
        if died:
            lines.append(f"{child.name} ended ({_how(child)}); it is started again")
        if child.is_running and child.pid != old.pid:
            lines.append(f"{child.name} runs again (process {child.pid})")
        return lines


def _how(child: Child) -> str:
    return "killed by a signal" if child.exit_status < 0 else f"exit code {child.exit_status}"
