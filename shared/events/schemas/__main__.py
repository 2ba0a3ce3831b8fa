"""`python -m shared.events.schemas write [--unreleased]`: what `connect events --write-schemas` does, for scripts."""

import sys

from shared.events.schemas.golden import Incompatible, write

USAGE = "usage: python -m shared.events.schemas write [--unreleased]"


def main(arguments: list[str]) -> int:
    """Returns the exit code."""
    if arguments not in (["write"], ["write", "--unreleased"]):
        sys.stderr.write(f"{USAGE}\n")
        return 2
    try:
        changed = write(unreleased="--unreleased" in arguments)
    except Incompatible as broken:
        sys.stderr.write(f"{broken}\n")
        return 1
    sys.stdout.write("".join(f"{file.name}\n" for file in changed) or "nothing to write\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
