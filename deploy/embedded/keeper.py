"""Ends what a test session started, also when the session itself is killed.

Its own process, at the other end of a pipe: when the pipe closes, whatever the reason, it kills the processes that it
was told of and removes the folder. `python keeper.py FOLDER`; lines on stdin: `watch PID`, `forget PID`.
"""

import os
import shutil
import signal
import sys
from contextlib import suppress


def main() -> None:
    """Read until the pipe closes, then end what is still watched."""
    watched: set[int] = set()
    for line in sys.stdin:
        word, number = line.split()
        (watched.add if word == "watch" else watched.discard)(int(number))
    for pid in watched:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
