"""How a run ended, as one line of counts, an exit code, and the reasons where it failed."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from tests.chaos.checker import Counts

HELD, BROKEN = 0, 1


@dataclass(frozen=True, slots=True)
class Result:
    """What came out. `violations` are the checker's; `troubles` are what went wrong with the run itself.

    `cut_short` tells that the limit in time was reached before all was said and done. That alone is no failure: what
    was said until then was judged.
    """

    seed: str
    events: int
    wanted_faults: int
    seconds: float
    counts: Counts
    faults: dict[str, int] = field(default_factory=dict)
    cut_short: bool = False
    violations: Sequence[str] = ()
    troubles: Sequence[str] = ()

    @property
    def exit_code(self) -> int:
        """0 if the invariant holds and the run came to its end or its limit; else 1."""
        return BROKEN if self.violations or self.troubles else HELD

    def line(self) -> str:
        """The counts in one line."""
        end = "the invariant holds" if self.exit_code == HELD else "FAILED"
        found = self.counts
        kinds = ", ".join(f"{kind} {number}" for kind, number in self.faults.items())
        done = f"{sum(self.faults.values())} faults ({kinds})" if kinds else "no faults"
        return (
            f"{end}: in {found.unique_in:,} ({found.messages_in:,} messages), inbox {found.claimed:,}, "
            f"state {found.heard:,}, out {found.unique_out:,} ({found.messages_out:,} messages), "
            f"dead letters {found.dead + found.waiting}, in outboxes {found.in_outboxes}; "
            f"{done}; seed {self.seed}, {self.seconds:.0f} s"
        )

    def json(self) -> str:
        """The same for programs."""
        return json.dumps(asdict(self) | {"holds": self.exit_code == HELD})

    def reasons(self) -> list[str]:
        """Sentences about what a reader of the line must know besides."""
        found = [*self.troubles, *(f"the invariant is broken: {violation}" for violation in self.violations)]
        if self.cut_short:
            done = sum(self.faults.values())
            found.append(
                f"the limit in time was reached after {done} of {self.wanted_faults} faults; what was said until then "
                "was judged. MINUTES= sets another limit"
            )
        return found
