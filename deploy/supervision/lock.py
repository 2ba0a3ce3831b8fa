"""One `connect up` per data folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.embedded.layout import Home
from deploy.errors import OperatorError


@contextmanager
def only_one(home: Home) -> Iterator[None]:
    """Hold the folder. The kernel lets go of it when the holder ends, however it ends. Raises OperatorError."""
    with (home.run / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperatorError(
                f"CONNECT runs from {home.root} already: `connect status` shows it, `connect down` stops it; "
                "for a second copy set CONNECT_HOME and CONNECT_PORT_BASE."
            ) from error
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def holder_of(home: Home) -> int | None:
    """The process that holds the folder, if one does."""
    path = home.run / "up.lock"
    if not path.exists():
        return None
    with path.open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(path.read_text() or 0) or None
    return None
