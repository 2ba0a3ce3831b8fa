"""A service as its process sees it: what it is made of, and what it is given to work with."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fastapi import APIRouter

from shared.hosting.schedule import Schedule
from shared.hosting.settings import Settings
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness
from shared.streaming.reactions import Reactions

Role = Literal["http", "react", "relay", "schedule"]
ROLES: tuple[Role, ...] = ("http", "react", "relay", "schedule")


@dataclass(frozen=True, slots=True)
class Hosted:
    """What a running process has. `stopping` is set when it is asked to end."""

    service: str
    settings: Settings
    database: Database
    readiness: Readiness
    stopping: asyncio.Event


@dataclass(frozen=True, slots=True)
class Companion:
    """Something that lives beside a role, as long as the process has that role."""

    name: str
    role: Role
    open: Callable[[Hosted], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class Service:
    """The rooms of a service, put together. `routers` serve its API (and its pages, where it has any).

    `larger_bodies` are paths whose requests may have more bytes than the usual limit, each with its own.
    `require` is called before anything is started, to raise `SettingsError` if something of the service's own is wrong.
    `patience`: what it hears may come so many seconds late, so that whoever acts on it has the processor first.
    `gives_way`: it only watches, so its processes give way to all others.
    """

    name: str
    title: str
    description: str
    reactions: Reactions
    schedule: Schedule
    routers: Sequence[APIRouter]
    migrations: Path
    companions: tuple[Companion, ...] = ()
    patience: float = 0.0
    gives_way: bool = False
    larger_bodies: Mapping[str, int] = field(default_factory=dict)
    require: Callable[[], object] = lambda: None
