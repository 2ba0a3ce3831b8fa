"""`connect status`."""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

import click

from deploy.cli.copy import Copy, copy_from
from deploy.embedded.layout import SERVICES
from deploy.embedded.probes import Health, health_of, kafka_answers, server_answers
from deploy.supervision.supervisor import Child, Supervisor, SupervisorGone

SERVERS = ("kafka", "postgres")
NOT_READY = 1


@dataclass(frozen=True)
class Part:
    """One server or service: whether it has a process, whether it can work, and why not."""

    name: str
    address: str
    process: str
    up_seconds: int | None
    ready: bool
    reason: str
    roles: dict[str, Any] = field(default_factory=dict)


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
def command(as_json: bool) -> None:
    """Tell of each server and service: is it up, is it ready, how far is it behind, where does it listen.

    Exit code 0 if everything is ready, 1 if something is not.
    """
    copy = copy_from(os.environ)
    parts = look(copy)
    ready = all(part.ready for part in parts)
    if as_json:
        rows = {part.name: {key: value for key, value in asdict(part).items() if key != "name"} for part in parts}
        click.echo(json.dumps({"ready": ready, "home": str(copy.home.root), "parts": rows}, indent=2))
    else:
        click.echo("\n".join(_lines(copy, parts)))
    sys.exit(0 if ready else NOT_READY)


def look(copy: Copy) -> list[Part]:
    """Ask the supervisor, both servers and every service."""
    children = _children(copy)
    with ThreadPoolExecutor(len(SERVICES)) as threads:
        health = dict(zip(SERVICES, threads.map(lambda name: health_of(copy.probes[name]), SERVICES), strict=True))
    servers = [_server(copy, name, children) for name in SERVERS]
    return servers + [_service(copy, name, children, health[name]) for name in SERVICES]


def _children(copy: Copy) -> dict[str, Child]:
    try:
        return {child.name: child for child in Supervisor(copy.home).children()}
    except SupervisorGone:
        return {}


def _server(copy: Copy, name: str, children: dict[str, Child]) -> Part:
    address = copy.addresses[name]
    ready = kafka_answers(copy.kafka) if name == "kafka" else server_answers(address)
    reason = "" if ready else f"nothing answers at {address}"
    return Part(name, address, *_process(children.get(name)), ready, reason)


def _service(copy: Copy, name: str, children: dict[str, Child], health: Health | None) -> Part:
    process = _process(children.get(name))
    if health is None:
        return Part(name, copy.addresses[name], *process, False, f"nothing answers at {copy.addresses[name]}")
    return Part(name, copy.addresses[name], *process, health.ready, health.reasons, health.parts)


def _process(child: Child | None) -> tuple[str, int | None]:
    if child is None:
        return "not started here", None
    return child.state.lower(), int(time.time() - child.started) if child.is_running else None


def _lines(copy: Copy, parts: list[Part]) -> Iterator[str]:
    if not any(part.ready or part.roles for part in parts):
        yield f"CONNECT does not run from {copy.home.root}: `connect up` starts it."
        return
    yield f"{'':<12}{'process':<18}{'up':>8}  {'ready':<6}{'address'}"
    for part in parts:
        up = f"{part.up_seconds} s" if part.up_seconds is not None else "-"
        yield f"{part.name:<12}{part.process:<18}{up:>8}  {'yes' if part.ready else 'NO':<6}{part.address}"
        for role, state in part.roles.items():
            yield f"  {role:<28}{'':>8}  {'yes' if state['ready'] else 'NO':<6}{_figures(state)}"
        if part.reason and not part.roles:
            yield f"  {part.reason}"


def _figures(state: dict[str, Any]) -> str:
    figures = ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in state["figures"].items())
    return "; ".join(text for text in (state["reason"], figures) if text)


def _number(value: float) -> str:
    return f"{value:g}"
