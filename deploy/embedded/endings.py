"""The end of processes that are nobody's children, or no longer ours."""

import time
from collections.abc import Sequence
from contextlib import suppress

import psutil

POLL_SECONDS = 0.02


def lives(process: psutil.Process) -> bool:
    """Whether it can still do anything: not one that has ended and waits for its parent to ask how."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def left_after(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait for all of them to end; those that have not in so many seconds."""
    until = time.monotonic() + seconds
    while (left := [process for process in processes if lives(process)]) and time.monotonic() < until:
        time.sleep(POLL_SECONDS)
    return left


def kill(processes: Sequence[psutil.Process], seconds: float) -> list[psutil.Process]:
    """kill -9, and wait for all of them to end; those that have not in so many seconds."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
    return left_after(processes, seconds)
