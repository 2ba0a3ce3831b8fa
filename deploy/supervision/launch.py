"""Becomes one of the planned processes, such that it ends when its parent does.

`python launch.py PLAN NAME`, run as a file and with nothing but the standard library, so that it costs 10 ms. The
supervisor's own settings know only this command: addresses and passwords stay in the plan, which only its owner reads.
"""

import ctypes
import json
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replace this process by the planned one."""
    parent = os.getppid()
    plan = json.loads(Path(sys.argv[1]).read_text())[sys.argv[2]]
    _die_with_parent(signal.Signals[plan["stop_signal"]], parent)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CONNECT_")}
    os.execvpe(plan["command"][0], plan["command"], inherited | plan["environment"])  # noqa: S606 -- no shell on purpose


def _die_with_parent(how: signal.Signals, parent: int) -> None:
    """Ask the kernel for `how` when the parent is gone, even by kill -9. Other systems than Linux can't."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(how))
        if os.getppid() != parent:  # it went away before we had asked
            sys.exit(1)


if __name__ == "__main__":
    main()
