"""Runs the whole chain under faults: `python -m tests.chaos.soak --events 20000 --faults 100 --seed 7`."""

import argparse
import asyncio
import contextlib
import logging
import resource
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from deploy.embedded.testing import ServerError
from deploy.errors import OperatorError
from shared.hosting.garbage import collect_rarely
from tests.chaos.soak.result import BROKEN, HELD, Result
from tests.chaos.soak.run import Order, servers_of_a_run, soak
from tests.chaos.soak.schedule import make_schedule

INTERRUPTED, MISUSED = 130, 2
BYTES_OF_AN_EVENT = 4_000  # on two topics, in five tables and their indexes, generously


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as the arguments say; the last line tells the counts. Returns 0 if the invariant holds, else 1."""
    options = _parser().parse_args(arguments)
    minutes = options.minutes or _minutes(options.events, options.kills)
    order = Order(options.events, options.kills, options.seed, minutes * 60)
    if options.schedule:
        for fault in make_schedule(order.events, order.faults, order.seed):
            _write(sys.stdout, str(fault))
        return HELD
    folder = tempfile.gettempdir()
    if (free := shutil.disk_usage(folder).free) < order.events * BYTES_OF_AN_EVENT:
        _tell(f"{folder} has {free >> 20:,} MB left, too few for {order.events:,} events: set TMPDIR to another folder")
        return MISUSED
    _tell(f"seed {order.seed}: {order.events:,} events, {order.faults} faults, {minutes:.0f} minutes at most")
    collect_rarely()
    notes = Path(folder) / f"connect-soak-{secrets.token_hex(4)}.log"
    try:
        return _carry_out(order, notes, as_json=options.json)
    except KeyboardInterrupt:
        notes.unlink(missing_ok=True)
        _tell("stopped before the end; every process has ended and nothing was judged")
        return INTERRUPTED
    except (ServerError, OperatorError) as error:
        _tell(str(error))
        return BROKEN


def _carry_out(order: Order, notes: Path, *, as_json: bool) -> int:
    """Run it, and tell what came out. What the processes say goes into the notes, which are kept if it fails."""
    logging.basicConfig(filename=notes)  # what Kafka's client complains about is part of the game
    with notes.open("a") as file, contextlib.redirect_stdout(file):
        result = asyncio.run(_run(order))
    _tell(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10:,} MB of memory at most")
    for reason in result.reasons():
        _tell(reason)
    if result.exit_code == BROKEN:
        _tell(f"what the processes said last is in {notes}")
    else:
        notes.unlink()
    _write(sys.stdout, result.json() if as_json else result.line())
    return result.exit_code


async def _run(order: Order) -> Result:
    async with servers_of_a_run() as servers:
        return await soak(servers, order, _tell)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.chaos.soak", description="Runs the whole chain under faults, and judges what came out."
    )
    parser.add_argument("--events", type=_at_least(100), default=20_000, help="how many are said (20,000)")
    parser.add_argument("--kills", type=_at_least(0), default=40, help="how many faults come, of all kinds (40)")
    parser.add_argument(
        "--seed", default=secrets.token_hex(4), help="a word that makes the same schedule again; else a new one"
    )
    parser.add_argument("--minutes", type=float, help="the limit in time; else it comes from events and faults")
    parser.add_argument("--json", action="store_true", help="the last line as JSON")
    parser.add_argument("--schedule", action="store_true", help="print the schedule of the seed and do nothing")
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if int(text) < least:
            raise argparse.ArgumentTypeError(f"at least {least}")
        return int(text)

    return number


def _minutes(events: int, faults: int) -> float:
    """Several times what a quiet machine needs."""
    return 2 + events / 20_000 + faults / 3


def _tell(what: str) -> None:
    _write(sys.stderr, what)


def _write(stream: TextIO, line: str) -> None:
    stream.write(line + "\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
