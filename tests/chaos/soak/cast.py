"""Who plays in a run: two members of the echo's group, its relay, the caller's, and a guest that comes and goes."""

import asyncio
import signal
from asyncio import to_thread
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from deploy.embedded.testing import ServerError
from tests.chaos.processes import Running
from tests.chaos.proxy import Cut, Proxy
from tests.chaos.soak.schedule import ROLES
from tests.chaos.stage import Stage

STARTS = 5
BATCH = {"CHAOS_BATCH": "100"}


@dataclass
class Cast:
    """The processes of a run by their parts. `member-2` reaches PostgreSQL through the proxy.

    `ended` tells of those that ended without being asked to. They are started again, as a supervisor would. `spared` is
    the number of commits that were to be lost and that nobody has made.
    """

    stage: Stage
    proxy: Proxy
    playing: dict[str, Running] = field(default_factory=dict)
    guest: Running | None = None
    ended: list[str] = field(default_factory=list)
    spared: int = 0

    def start(self, part: str) -> None:
        """Start one of the standing parts. Members have names, as from `connect up`, so they come back at once."""
        match part:
            case "relay":
                self.playing[part] = self.stage.echo("relay", environment=BATCH)
            case "caller-relay":
                self.playing[part] = self.stage.caller_relay(environment=BATCH)
            case _:
                environment = BATCH | {"CONNECT_GROUP_INSTANCE_ID": f"{self.stage.name}-{part}"}
                port = self.proxy.port if part == "member-2" else None
                self.playing[part] = self.stage.echo("react", environment=environment, postgres_port=port)

    def invite(self) -> Running:
        """Start the guest: a member without a name, which leaves its group when it ends."""
        self.guest = self.stage.echo("react", environment=BATCH | {"CONNECT_GROUP_INSTANCE_ID": ""})
        return self.guest

    async def see_off(self) -> None:
        """Let the guest leave, if there is one."""
        guest, self.guest = self.guest, None
        if guest is not None:
            code = await guest.stop()
            if code not in (0, -signal.SIGTERM):  # the latter before it has begun to listen to signals
                self.ended.append(f"the guest ended with {code}")
            self.stage.processes.forget(guest)

    async def replace(self, part: str) -> None:
        """kill -9, and the next one in its place."""
        await self.playing[part].kill()
        self.stage.processes.forget(self.playing[part])
        self.start(part)

    def replace_the_dead(self) -> None:
        """Whoever has ended by itself is noted and started again."""
        for part, running in list(self.playing.items()):
            if (code := running.child.poll()) is not None:
                self.ended.append(f"the {part} ended by itself with {code}")
                self.stage.processes.forget(running)
                self.start(part)

    async def mend(self) -> None:
        """Whatever a fault that was cut short has left: servers run, nobody is frozen, no connection is to be cut."""
        self.spared, self.proxy.left = self.proxy.left, 0
        for running in (*self.playing.values(), *([self.guest] if self.guest else [])):
            if running.child.poll() is None:
                running.child.send_signal(signal.SIGCONT)
        await bring_back(self.stage.servers.restart_postgres)
        await bring_back(self.stage.servers.restart_kafka)
        self.replace_the_dead()
        await self.see_off()


async def in_a_thread(work: Callable[[], None]) -> None:
    """Do what blocks, to its end, also if we are cancelled meanwhile: half a restart would leave a server behind."""
    working = asyncio.ensure_future(to_thread(work))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await working
        raise


async def bring_back(start: Callable[[], None]) -> None:
    """Start a server. On a busy machine it can need more than the minute after which `start` gives up waiting."""
    for _ in range(STARTS - 1):
        with suppress(ServerError):
            return await in_a_thread(start)
    return await in_a_thread(start)


@asynccontextmanager
async def a_cast(stage: Stage) -> AsyncIterator[Cast]:
    """Everybody in their places, ready."""
    async with Proxy(stage.servers.postgres_port, Cut.BEFORE_REPLY, every=1, left=0).running() as proxy:
        cast = Cast(stage, proxy)
        for part in ROLES:
            cast.start(part)
        for running in cast.playing.values():
            await running.ready()
        yield cast
