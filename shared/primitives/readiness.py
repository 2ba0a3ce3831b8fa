"""What a process knows about its own fitness: each part says whether it can work, and why not."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Part:
    """The state of one part. `reason` is for operators; `figures` are small numbers such as the lag."""

    ready: bool
    reason: str
    figures: dict[str, float]


@dataclass(slots=True)
class Readiness:
    """The parts of a process. A part that has not spoken yet is not ready, so name every part with `expect` first."""

    parts: dict[str, Part] = field(default_factory=dict)

    def expect(self, *names: str) -> None:
        """Say that the process is ready only when these parts are."""
        for name in names:
            self.parts.setdefault(name, Part(False, "starting", {}))

    def ready(self, name: str, **figures: float) -> None:
        """The part can work."""
        self.parts[name] = Part(True, "", figures)

    def not_ready(self, name: str, reason: str, **figures: float) -> None:
        """The part can't work for the reason given."""
        self.parts[name] = Part(False, reason, figures)

    @property
    def is_ready(self) -> bool:
        """Whether every part can work."""
        return bool(self.parts) and all(part.ready for part in self.parts.values())
