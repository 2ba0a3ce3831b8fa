"""The machine that the figures come from."""

import os
import platform
import re
import subprocess
from pathlib import Path

import psutil

from deploy.embedded.jars import install_jars
from deploy.embedded.postgres import binary

BUSY = 0.3  # other work per core, from which absolute numbers say more about the machine's day than about us


def description() -> dict[str, object]:
    """Cores, memory, versions, and how busy the machine was before the first benchmark."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    return {
        "cores": cores,
        "processor": _processor(),
        "memory_gb": round(psutil.virtual_memory().total / 2**30, 1),
        "python": platform.python_version(),
        "kafka": _kafka(),
        "postgresql": _postgresql(),
        "load_average": round(load, 2),
        "busy": load > BUSY * cores,
    }


def warning(machine: dict[str, object]) -> str | None:
    """What a reader of figures from a busy machine must know."""
    if not machine["busy"]:
        return None
    return (
        f"The machine is busy (load {machine['load_average']} on {machine['cores']} cores): "
        "ratios hold, since both sides were measured in turns; absolute numbers do not."
    )


def _processor() -> str:
    found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    return found[1].strip() if found else platform.machine()


def _kafka() -> str:
    names = (path.name for path in Path(install_jars()).rglob("kafka_*.jar"))
    return next((found[1] for name in names if (found := re.fullmatch(r"kafka_[\d.]+-([\d.]+)\.jar", name))), "unknown")


def _postgresql() -> str:
    said = subprocess.run([binary("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    return said.split()[-1]
