"""Solves a round in a process of its own: the solver holds the interpreter for as long as it works.

The process is new for each round and ends with it. If it ends before its answer (killed, out of memory), the caller is
told; nothing that others rely on lives in it.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import cast

from services.matching.engine.rounds.material import Material
from services.matching.engine.rounds.results import REPORT, Assignment
from services.matching.engine.rounds.solve import Stage, solve_round
from services.matching.engine.rounds.values import Adjustments, Options
from shared.primitives.errors import Invalid

SPAWN = multiprocessing.get_context("spawn")  # a fork would take the connections and the event loop along


class SolverDied(Exception):
    """The process ended before its answer."""


@dataclass(frozen=True, slots=True)
class Solved:
    """What the round proposes, and its report as JSON."""

    assignments: tuple[Assignment, ...]
    report: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The round can't be solved as it is."""

    code: str
    detail: str


async def solve_apart(
    material: Material,
    options: Options,
    adjustments: Adjustments,
    tell: Callable[[Stage], Awaitable[None]],
) -> Solved | Refused:
    """Solve a round; `tell` hears of each stage. Raises SolverDied. A caller that is cancelled ends the process."""
    ours, theirs = SPAWN.Pipe()
    process = SPAWN.Process(target=_solve, args=(theirs,), daemon=True)
    await asyncio.to_thread(process.start)
    theirs.close()
    try:
        await asyncio.to_thread(ours.send, (material, options, adjustments))
        while isinstance(said := await asyncio.to_thread(ours.recv), Stage):
            await tell(said)
        return cast("Solved | Refused", said)
    except (EOFError, OSError) as error:
        raise SolverDied(f"the solver's process ended with {process.exitcode}") from error
    finally:
        process.kill()
        await asyncio.to_thread(process.join)
        ours.close()


def _solve(answering: Connection) -> None:
    material, options, adjustments = answering.recv()
    try:
        result = solve_round(material.round(), options, adjustments, answering.send)
    except Invalid as refused:
        answering.send(Refused(refused.code, refused.detail))
    else:
        answering.send(Solved(result.assignments, REPORT.dump_json(result.report).decode()))
