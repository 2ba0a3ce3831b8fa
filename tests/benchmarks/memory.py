"""Memory of everything at rest: what the machine has less of while CONNECT runs and nobody uses it."""

import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import psutil

from deploy.embedded.layout import SERVICES
from tests.benchmarks.figures import Figure, alone
from tests.e2e.services import RunningServices

AT_REST_AFTER = 30.0  # seconds since the start
BETWEEN = 5.0

Pss = dict[str, float]


def measure(report: Callable[[Figure], None], tell: Callable[[str], None]) -> None:
    """Start everything, let it come to rest, measure twice."""
    tell("memory: starting the servers and the six services")
    begun = time.monotonic()
    with RunningServices.started(durable=True) as services:
        tell(f"memory: waiting until {AT_REST_AFTER:.0f} s after the start")
        time.sleep(max(0.0, begun + AT_REST_AFTER - time.monotonic()))
        first = _measured(services)
        time.sleep(BETWEEN)
        second = _measured(services)
    for name, megabytes in first.items():
        report(alone(f"memory.{name}", "MB (PSS)", [megabytes, second[name]], "lower"))


def _measured(services: RunningServices) -> Pss:
    """MB by name, and the sum of all."""
    ours = psutil.Process().children(recursive=True)
    found = {
        "kafka": _of(process for process in ours if process.name() == "java"),
        "postgresql": _of(process for process in ours if process.name() == "postgres"),
    }
    for name in SERVICES:
        process = psutil.Process(services.pid(name))
        found[name] = _of([process, *process.children(recursive=True)])
    return found | {"everything": sum(found.values())}


def _of(processes: Iterable[psutil.Process]) -> float:
    return sum(_pss(process.pid) for process in processes) / 1000


def _pss(pid: int) -> float:
    """The proportional set size in kB: pages that processes share are counted once in all."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0
