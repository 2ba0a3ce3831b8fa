"""A disk of a few megabytes for one server, that can be filled and given room again.

It is a file system in memory, mounted over the server's data folder in a user and mount namespace of its own: that
needs no privileges, only the server sees it, and nothing of it is left when its holder has ended. The server enters the
namespace when it starts (`enter` goes before its command), so it can be killed and started anew on the same data.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HOLD = 'mount -t tmpfs -o "size=$2m,mode=0700" tmpfs "$1" && cp -a "$3/." "$1/" && echo held && cat >/dev/null'
STEP_LIMIT = 60


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A mounted disk. `enter` goes before the command of whoever shall see it."""

    folder: Path
    enter: tuple[str, ...]

    def fill(self) -> None:
        """Take all the room that is left."""
        self._inside('cat /dev/zero >"$1/ballast" 2>/dev/null; sync')

    def give_room(self) -> None:
        """Give it back."""
        self._inside('rm "$1/ballast"')

    def _inside(self, script: str) -> None:
        subprocess.run([*self.enter, "sh", "-c", script, "sh", str(self.folder)], check=True, timeout=STEP_LIMIT)


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[SmallDisk]:
    """Mount a disk over the folder of a server that does not run, with what is in it.

    Afterwards the folder is as it was before; what was written to the disk is gone.
    """
    content = folder.with_name(f"{folder.name}.content")
    folder.rename(content)
    folder.mkdir(mode=0o700)
    command = ["unshare", "--user", "--map-root-user", "--mount", "--", "sh", "-c", HOLD, "sh"]
    holder = subprocess.Popen(
        [*command, str(folder), str(megabytes), str(content)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "held\n", "no user namespace can be made here, or the disk is too small"
        yield SmallDisk(folder, ("nsenter", f"--target={holder.pid}", "--user", "--mount", "--"))
    finally:
        holder.stdin.close()
        holder.stdout.close()
        holder.wait(STEP_LIMIT)
        shutil.rmtree(folder)
        content.rename(folder)
